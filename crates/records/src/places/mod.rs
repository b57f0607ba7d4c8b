//! Places, and who is where when.

mod place;
mod rota;
mod shift;
mod site;

pub use place::Place;
pub use rota::Rota;
pub use shift::Shift;
pub use site::Site;
