//! Places, and who is where when.

mod place;
mod rota;
mod shift;
mod site;

pub use place::Place;
pub use rota::{Rota, called_for};
pub use shift::{Shift, on_at, precedence};
pub use site::Site;
