//! The app as a whole: its state, its routes, and what every request passes on its way in and out.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use kith_node::api::serve;
use kith_node::api::types::{Code, Overview, Standing};
use kith_node::run::{Front, MakeFront};
use kith_node::service::{Service, ServiceError};
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;

use crate::face::{Face, Shown};
use crate::frame::Plain;
use crate::idle::{self, Idle};
use crate::lately::{self, Lately};
use crate::listen::{Address, Loopback};
use crate::oops::{Oops, Unsaid};
use crate::sessions::{Session, Sessions};
use crate::sign_in::SignIn;
use crate::visit::Visit;
use crate::when::Clock;
use crate::words::{Library, Words};
use crate::{guard, live, pages, sign_in, statics};

/// How long making a page may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);

/// The state of the app: a cheap handle.
#[derive(Clone)]
pub struct Web(Arc<Inside>);

/// What the handlers work with.
pub struct Inside {
    /// What people can do with the node.
    pub service: Service,
    /// Who was let in.
    pub sessions: Sessions,
    /// The page that lets somebody in.
    pub sign_in: SignIn,
    /// Where the app is.
    pub address: Address,
    /// Every language.
    pub library: Library,
    /// What was chosen of how it looks.
    pub shown: Shown,
    /// What somebody entered before there was an identity.
    pub first: pages::First,
    /// Passphrases tried.
    pub tries: pages::Tries,
    /// When somebody last touched a page.
    pub idle: Idle,
    /// What happened lately, for streams of hints.
    pub lately: Lately,
    /// Places for such streams.
    pub streams: Arc<Semaphore>,
    /// Cancelled when the node ends.
    pub closing: CancellationToken,
}

impl std::ops::Deref for Web {
    type Target = Inside;

    fn deref(&self) -> &Inside {
        &self.0
    }
}

impl Web {
    /// An app over a service, at an address.
    pub fn new(service: Service, address: Address, closing: CancellationToken) -> Web {
        let face = service.home().map(|home| Face::read(&home.face())).unwrap_or_default();
        Web(Arc::new(Inside {
            service,
            sessions: Sessions::none(),
            sign_in: SignIn::default(),
            address,
            library: Library::read(),
            shown: watch::Sender::new(Arc::new(face)),
            first: pages::First::default(),
            tries: pages::Tries::default(),
            idle: Idle::now(),
            lately: Lately::default(),
            streams: Arc::new(Semaphore::new(live::STREAMS)),
            closing,
        }))
    }

    /// How it looks now.
    pub fn face(&self) -> Arc<Face> {
        Arc::clone(&self.shown.borrow())
    }

    /// The words of a request: in the chosen language, or as its browser wishes.
    pub fn words(&self, headers: &HeaderMap) -> Words {
        let wished = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        self.library.speak(self.face().language.as_deref(), wished)
    }

    /// Somebody who was let in and comes to a page that is open to anybody. None for anybody else, and while the node is
    /// not open.
    pub async fn known(&self, headers: &HeaderMap) -> Option<Visit> {
        let session = session(self, headers).filter(|_| self.service.standing() == Standing::Open)?;
        self.idle.stir();
        visit(self.clone(), session, headers, false).await
    }

    /// Everything, behind its guard.
    pub fn router(&self) -> Router {
        let known = pages::routes()
            .route("/events", get(live::events))
            .route("/parts/connection", get(live::connection))
            .fallback(async || Oops::missing())
            .method_not_allowed_fallback(async || Oops::missing())
            .layer(middleware::from_fn_with_state(self.clone(), let_in));
        let anybody = pages::open_routes()
            .route(sign_in::PATH, post(sign_in::exchange))
            // Browsers ask for it by themselves where a page names no other.
            .route("/favicon.ico", get(async || StatusCode::NO_CONTENT))
            .route("/static/{mark}/{name}", get(statics::file));
        anybody
            .merge(known)
            .layer(middleware::from_fn(bounded))
            .layer(middleware::from_fn_with_state(self.address.clone(), guard::guard))
            .with_state(self.clone())
    }
}

/// What serves people's browsers, for [`kith_node::run::RunConfig`].
pub fn front() -> MakeFront {
    Box::new(|service: Service, closing: CancellationToken| {
        let (listener, address) = Loopback::listen().map_err(|_| {
            ServiceError::new(
                Code::PortTaken,
                "No port of this device was free for the pages in your browser.",
                "Close another program, then start again; or start without pages, with --no-web.",
            )
        })?;
        let web = Web::new(service.clone(), address.clone(), closing.clone());
        let router = web.router();
        let (idle, lately) = (idle::watch(web.clone()), lately::watch(web.clone()));
        let pages = Box::new(move || web.sign_in.page(&web));
        let serving = async move {
            tokio::join!(serve::serve(listener, router, closing), idle, lately);
        };
        Ok(Front { pages, serving: Box::pin(serving) })
    })
}

/// Answers in time, or says so.
async fn bounded(request: Request, next: Next) -> Response {
    let answer = tokio::time::timeout(ANSWER_WITHIN, next.run(request)).await;
    answer.unwrap_or_else(|_| StatusCode::GATEWAY_TIMEOUT.into_response())
}

/// Lets nobody in without a session, and nobody further than the node is open. Puts the page around what went wrong.
async fn let_in(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let session = session(&web, request.headers());
    let standing = web.service.standing();
    let path = request.uri().path().to_owned();
    let reads = request.method() == Method::GET;
    let by_script = asks_for_part(&request);
    let Some(session) = session else {
        // Whoever knows the passphrase can let their own browser in.
        let may =
            standing != Standing::NoIdentity && (standing != Standing::Open || has_passphrase(&web).await);
        return match may && reads && !by_script {
            true => Oops::Elsewhere("/unlock".to_owned()).into_response(),
            false => (StatusCode::UNAUTHORIZED, Plain::not_let_in(&web)).into_response(),
        };
    };
    let elsewhere = match standing {
        Standing::NoIdentity if !path.starts_with("/welcome") => Some("/welcome"),
        Standing::Locked | Standing::Opening if path != "/leave-now" => Some("/unlock"),
        _ => None,
    };
    if let Some(elsewhere) = elsewhere {
        return Oops::Elsewhere(elsewhere.to_owned()).into_response();
    }
    if !path.starts_with("/events") && !path.starts_with("/parts/") {
        web.idle.stir();
    }
    let Some(visit) = visit(web, session, request.headers(), by_script).await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    request.extensions_mut().insert(visit.clone());
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<Unsaid>() {
        Some(Unsaid(oops)) => {
            let mut page = pages::problem::page(&visit, &oops);
            *page.status_mut() = response.status();
            page
        }
        None => response,
    }
}

/// The session that a request comes from, if it holds.
fn session(web: &Web, headers: &HeaderMap) -> Option<Session> {
    let cookies = headers.get_all(header::COOKIE).iter();
    let cookies: Vec<&str> = cookies.filter_map(|value| value.to_str().ok()).collect();
    web.sessions.of(&cookies.join("; "), web.service.locks())
}

/// What a request of somebody who was let in is made with; none while the node has no clock yet.
async fn visit(web: Web, session: Session, headers: &HeaderMap, by_script: bool) -> Option<Visit> {
    // What happens from here on, the page is told of.
    let mark = web.lately.mark();
    let face = web.face();
    let words = web.words(headers);
    let overview = web.service.overview().await.unwrap_or_else(|_| Overview::default());
    let clock = Clock::at(web.service.now().ok()?);
    let locks = has_passphrase(&web).await;
    Some(Visit { session, words, face, clock, overview: Arc::new(overview), locks, by_script, mark, web })
}

async fn has_passphrase(web: &Web) -> bool {
    web.service.latch_state().await.is_ok_and(|latch| latch.passphrase)
}

/// Whether a script asks, which shows a part of a page and not a page.
fn asks_for_part(request: &Request) -> bool {
    let mode = request.headers().get("sec-fetch-mode");
    mode.is_some_and(|mode| mode != HeaderValue::from_static("navigate"))
}
