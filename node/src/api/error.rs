//! Problems as HTTP answers.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::types::Problem;

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Json(self)).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::types::Code;

    #[test]
    fn every_code_has_a_status_that_is_no_success() {
        for code in Code::ALL {
            let response = Problem::of(*code).into_response();
            assert_eq!(response.status().as_u16(), code.status());
            assert!(response.status().is_client_error() || response.status().is_server_error(), "{code:?}");
        }
    }
}
