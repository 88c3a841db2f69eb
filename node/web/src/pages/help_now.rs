//! Need help now: numbers to call, for anybody at this device, with no network, no script, and nothing opened. In discreet
//! mode it is there for those alone who were let in.

use axum::Router;

use crate::web::Web;

mod card;
mod elsewhere;
mod lines;
mod number;
mod worried;

pub fn routes() -> Router<Web> {
    Router::new().merge(card::routes()).merge(lines::routes()).merge(worried::routes())
}

pub fn open_routes() -> Router<Web> {
    Router::new().merge(card::open_routes()).merge(elsewhere::open_routes())
}
