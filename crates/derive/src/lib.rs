//! The derives that describe a record; they emit descriptions and conversions, never behaviour.
