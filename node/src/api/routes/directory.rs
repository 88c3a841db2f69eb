//! Finding a group in directories, and knocking there; listing a group of one's own.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::Answer;
use crate::api::Api;
use crate::api::extract::{Body, Path};
use crate::api::types::{
    AddDirectory, Directory, DirectoryGone, DirectoryList, FindListings, GroupListing, Joined,
    KnockAtListing, Listing, ListingPreview, Listings, Portrait, Problem,
};

/// Whether a group of mine is listed, and in which words.
#[utoipa::path(get, path = "/groups/{group}/listing", tag = "directory", operation_id = "listing_show",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    responses((status = 200, body = GroupListing), (status = "default", body = Problem)))]
pub async fn mine(State(api): State<Api>, Path(group): Path<String>) -> Answer<GroupListing> {
    api.service.listing_show(&group).await.map(Json)
}

/// Lists a group in these words, or in others than before. Every member reads them.
#[utoipa::path(post, path = "/groups/{group}/listing", tag = "directory", operation_id = "listing_publish",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    request_body = Portrait,
    responses((status = 200, body = GroupListing), (status = "default", body = Problem)))]
pub async fn publish(
    State(api): State<Api>,
    Path(group): Path<String>,
    Body(portrait): Body<Portrait>,
) -> Answer<GroupListing> {
    api.service.listing_publish(&group, portrait).await.map(Json)
}

/// Ends the listing of a group, for good, and the invite that its link is of.
#[utoipa::path(delete, path = "/groups/{group}/listing", tag = "directory", operation_id = "listing_end",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    responses((status = 200, body = GroupListing), (status = "default", body = Problem)))]
pub async fn end(State(api): State<Api>, Path(group): Path<String>) -> Answer<GroupListing> {
    api.service.listing_end(&group).await.map(Json)
}

/// What strangers would read and learn if a group were listed in these words. Nothing is done.
#[utoipa::path(post, path = "/groups/{group}/listing/preview", tag = "directory", operation_id = "listing_preview",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    request_body = Portrait,
    responses((status = 200, body = ListingPreview), (status = "default", body = Problem)))]
pub async fn preview(
    State(api): State<Api>,
    Path(group): Path<String>,
    Body(portrait): Body<Portrait>,
) -> Answer<ListingPreview> {
    api.service.listing_preview(&group, portrait).await.map(Json)
}

/// What is handed to a directory now: the listing, signed anew for 30 days, or its end.
#[utoipa::path(post, path = "/groups/{group}/listing/file", tag = "directory", operation_id = "listing_file",
    params(("group" = String, Path, description = "Id, beginning of an id, or exact title")),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = "default", body = Problem)))]
pub async fn file(State(api): State<Api>, Path(group): Path<String>) -> Result<Response, Problem> {
    let file = api.service.listing_file(&group).await?;
    let bytes = HeaderValue::from_static("application/octet-stream");
    Ok(([(header::CONTENT_TYPE, bytes)], file).into_response())
}

/// The directories that I read.
#[utoipa::path(get, path = "/directories", tag = "directory", operation_id = "directory_list",
    responses((status = 200, body = DirectoryList), (status = "default", body = Problem)))]
pub async fn list(State(api): State<Api>) -> Answer<DirectoryList> {
    api.service.directory_list().await.map(Json)
}

/// Fetches a directory, and reads it from now on.
#[utoipa::path(post, path = "/directories", tag = "directory", operation_id = "directory_add",
    request_body = AddDirectory,
    responses((status = 200, body = Directory), (status = "default", body = Problem)))]
pub async fn add(State(api): State<Api>, Body(add): Body<AddDirectory>) -> Answer<Directory> {
    api.service.directory_add(add).await.map(Json)
}

/// Takes a directory off: what was in it is gone from this device.
#[utoipa::path(delete, path = "/directories/{directory}", tag = "directory", operation_id = "directory_remove",
    params(("directory" = String, Path, description = "Id, beginning of an id, or exact name")),
    responses((status = 200, body = DirectoryGone), (status = "default", body = Problem)))]
pub async fn remove(State(api): State<Api>, Path(directory): Path<String>) -> Answer<DirectoryGone> {
    api.service.directory_remove(&directory).await.map(Json)
}

/// Fetches a directory anew.
#[utoipa::path(post, path = "/directories/{directory}/refresh", tag = "directory", operation_id = "directory_refresh",
    params(("directory" = String, Path, description = "Id, beginning of an id, or exact name")),
    responses((status = 200, body = Directory), (status = "default", body = Problem)))]
pub async fn refresh(State(api): State<Api>, Path(directory): Path<String>) -> Answer<Directory> {
    api.service.directory_refresh(&directory).await.map(Json)
}

/// Looks through the listings of all directories, on this device. Nothing is sent.
#[utoipa::path(post, path = "/listings", tag = "directory", operation_id = "listing_find",
    request_body = FindListings,
    responses((status = 200, body = Listings), (status = "default", body = Problem)))]
pub async fn find(State(api): State<Api>, Body(find): Body<FindListings>) -> Answer<Listings> {
    api.service.listings(find).await.map(Json)
}

/// One listing.
#[utoipa::path(get, path = "/listings/{listing}", tag = "directory", operation_id = "listing",
    params(("listing" = String, Path, description = "Id, or beginning of an id")),
    responses((status = 200, body = Listing), (status = "default", body = Problem)))]
pub async fn one(State(api): State<Api>, Path(listing): Path<String>) -> Answer<Listing> {
    api.service.listing(&listing).await.map(Json)
}

/// Asks to be let in where a listing leads.
#[utoipa::path(post, path = "/listings/{listing}/knock", tag = "directory", operation_id = "listing_knock",
    params(("listing" = String, Path, description = "Id, or beginning of an id")),
    request_body = KnockAtListing,
    responses((status = 200, body = Joined), (status = "default", body = Problem)))]
pub async fn knock(
    State(api): State<Api>,
    Path(listing): Path<String>,
    Body(knock): Body<KnockAtListing>,
) -> Answer<Joined> {
    api.service.knock_at_listing(&listing, knock).await.map(Json)
}
