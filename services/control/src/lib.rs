//! The control service: intent, never commerce data. It stores configurations, tells how everything stands, finds and replays records, wakes
//! workers and hands out an account's slots among them. If it is down, data keeps flowing.

mod actions;
mod backfills;
mod configuration;
mod convert;
mod flatten;
mod outline;
mod preview;
mod records;
mod rehearsals;
mod server;
mod service;
mod status;
mod unmapped;
mod verify;
mod workers;

pub use convert::exchanges;
pub use flatten::flatten;
pub use outline::{Outline, Reader, Remade, Remaker};
pub use server::{Access, Error, ServeOptions, serve};
pub use service::Service;
pub use workers::Workers;
