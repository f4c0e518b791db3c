//! `/api/v1/openapi.json`: this API, described by its own declarations.

use std::sync::LazyLock;

use axum::Json as Reply;
use shukuba_model::wire::Problem;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Components, OpenApi, Ref};
use utoipa::{OpenApi as _, ToResponse};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Control;

#[cfg(test)]
mod tests;

static DOCUMENT: LazyLock<OpenApi> = LazyLock::new(document);

/// The route of this document.
pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::default().routes(routes!(show))
}

/// Shows this document.
///
/// It demands the operator's key like every route: a stranger learns nothing of
/// this API, and whoever only wants to read finds the document in the
/// repository.
#[utoipa::path(
    get,
    path = "/api/v1/openapi.json",
    operation_id = "showOpenApi",
    tag = "server",
    responses(
        (status = OK, description = "An OpenAPI 3.1 document", body = serde_json::Value),
    )
)]
pub(crate) async fn show() -> Reply<&'static OpenApi> {
    Reply(&DOCUMENT)
}

/// What is said once for all routes.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Shukuba administration API",
        description = "Runtimes, APIs, applications, people, grants, keys and the audit log of a \
                       Shukuba server. What could not be done is told in a `Problem`. Times are \
                       seconds since 1970."
    ),
    components(schemas(Problem), responses(Invalid, Unauthorized, Internal)),
    security(("operator" = [])),
    tags(
        (name = "server", description = "The server itself"),
        (name = "runtimes", description = "Hosted MCP servers, their versions and their logs"),
        (name = "apis", description = "What tokens are for: resource servers (RFC 8707)"),
        (name = "applications", description = "OAuth clients, whatever way they came, and what lets them register"),
        (name = "tokens", description = "Judging tokens"),
        (name = "users", description = "People who log in"),
        (name = "grants", description = "What people allowed clients"),
        (name = "keys", description = "What the server signs tokens with"),
        (name = "journeys", description = "What clients did on their way in"),
        (name = "audit", description = "The chained audit log"),
    )
)]
struct Shared;

/// Of every route that takes something.
#[derive(ToResponse)]
#[response(description = "The request cannot be understood, or must not be carried out")]
#[expect(dead_code, reason = "only its description is used")]
struct Invalid(Problem);

/// Of every route.
#[derive(ToResponse)]
#[response(
    description = "The caller is not the operator",
    headers(("WWW-Authenticate" = String, description = "`Bearer realm=\"operator\"`"))
)]
#[expect(dead_code, reason = "only its description is used")]
struct Unauthorized(Problem);

/// Of every route.
#[derive(ToResponse)]
#[response(description = "A part of the server failed; its log says why")]
#[expect(dead_code, reason = "only its description is used")]
struct Internal(Problem);

/// The whole document.
fn document() -> OpenApi {
    let mut document = Shared::openapi();
    document.merge(super::routes().into_openapi());
    document
        .components
        .get_or_insert_with(Components::new)
        .add_security_scheme("operator", operator());
    for item in document.paths.paths.values_mut() {
        for operation in operations(item) {
            add_refusals(operation);
        }
    }
    document
}

fn operator() -> SecurityScheme {
    let mut scheme = Http::new(HttpAuthScheme::Bearer);
    scheme.description = Some(
        "The operator's key: the content of the file `operator.key` in the server's data directory"
            .to_owned(),
    );
    SecurityScheme::Http(scheme)
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [
        item.get.as_mut(),
        item.put.as_mut(),
        item.post.as_mut(),
        item.patch.as_mut(),
        item.delete.as_mut(),
    ]
    .into_iter()
    .flatten()
}

/// The gate stands before every route, and every part of the server may fail.
fn add_refusals(operation: &mut Operation) {
    let mut refusals = vec![("401", "Unauthorized"), ("500", "Internal")];
    let takes_parameters = operation
        .parameters
        .as_ref()
        .is_some_and(|all| !all.is_empty());
    if takes_parameters || operation.request_body.is_some() {
        refusals.push(("400", "Invalid"));
    }
    for (status, name) in refusals {
        operation
            .responses
            .responses
            .entry(status.to_owned())
            .or_insert_with(|| Ref::from_response_name(name).into());
    }
}
