//! What a person keeps for themselves alone.

use axum::Json;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use crate::api::Api;
use crate::api::extract::{Body, Path, Text};
use crate::api::types::{
    AddLine, AddMilestone, Answers, CheckIn, ChooseCountry, CountMore, Deleted, Goal, HelpCard, HelpLine,
    Milestone, Mine, MineList, Plan, Problem, Skill, SkillList, Tags, WriteText, Written,
};
use crate::service::mine::Texts;

/// Every route of this kind.
pub fn all() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(journal_show, journal_delete))
        .routes(routes!(journal_list, journal_add))
        .routes(routes!(jar_show, jar_delete))
        .routes(routes!(jar_list, jar_add))
        .routes(routes!(drafts_show, drafts_save, drafts_delete))
        .routes(routes!(drafts_list, drafts_add))
        .routes(routes!(journal_find))
        .routes(routes!(goals, goal_add))
        .routes(routes!(goal_show, goal_edit, goal_delete))
        .routes(routes!(milestones, milestone_add))
        .routes(routes!(milestone_again))
        .routes(routes!(milestone_more))
        .routes(routes!(milestone_delete))
        .routes(routes!(check_ins, check_in))
        .routes(routes!(check_in_delete))
        .routes(routes!(skills))
        .routes(routes!(skill))
        .routes(routes!(answers_list, answers_begin))
        .routes(routes!(answers_show, answers_keep, answers_delete))
        .routes(routes!(plan, plan_set))
        .routes(routes!(tags, tags_set))
        .routes(routes!(crisis))
        .routes(routes!(country))
        .routes(routes!(line_add))
        .routes(routes!(line_delete))
}

/// My journal, the oldest first.
#[utoipa::path(get, path = "/mine/journal", tag = "mine", operation_id = "mine_journal_list",
    responses((status = 200, body = MineList<Written>), (status = "default", body = Problem)))]
async fn journal_list(State(api): State<Api>) -> Answer<MineList<Written>> {
    api.service.texts(Texts::Journal, None).await.map(Json)
}

/// Keeps a text. The body is the text itself, byte for byte, or JSON.
#[utoipa::path(post, path = "/mine/journal", tag = "mine", operation_id = "mine_journal_add",
    request_body(content((String = "text/plain"), (WriteText = "application/json"))),
    responses((status = 200, body = Mine<Written>), (status = "default", body = Problem)))]
async fn journal_add(State(api): State<Api>, Text(text): Text) -> Answer<Mine<Written>> {
    api.service.keep_text(Texts::Journal, text).await.map(Json)
}

/// One page of my journal.
#[utoipa::path(get, path = "/mine/journal/{id}", tag = "mine", operation_id = "mine_journal_show",
    params(("id" = String, Path, description = "Id, or the beginning of it")),
    responses((status = 200, body = Mine<Written>), (status = "default", body = Problem)))]
async fn journal_show(State(api): State<Api>, Path(id): Path<String>) -> Answer<Mine<Written>> {
    api.service.text(Texts::Journal, &id).await.map(Json)
}

/// Deletes it: it is not in the file any more.
#[utoipa::path(delete, path = "/mine/journal/{id}", tag = "mine", operation_id = "mine_journal_delete",
    params(("id" = String, Path, description = "Id, or the beginning of it")),
    responses((status = 200, body = Deleted), (status = "default", body = Problem)))]
async fn journal_delete(State(api): State<Api>, Path(id): Path<String>) -> Answer<Deleted> {
    api.service.delete_text(Texts::Journal, &id).await.map(Json)
}

/// Thanks that I keep, the oldest first.
#[utoipa::path(get, path = "/mine/jar", tag = "mine", operation_id = "mine_jar_list",
    responses((status = 200, body = MineList<Written>), (status = "default", body = Problem)))]
async fn jar_list(State(api): State<Api>) -> Answer<MineList<Written>> {
    api.service.texts(Texts::Thanks, None).await.map(Json)
}

/// Keeps a text. The body is the text itself, byte for byte, or JSON.
#[utoipa::path(post, path = "/mine/jar", tag = "mine", operation_id = "mine_jar_add",
    request_body(content((String = "text/plain"), (WriteText = "application/json"))),
    responses((status = 200, body = Mine<Written>), (status = "default", body = Problem)))]
async fn jar_add(State(api): State<Api>, Text(text): Text) -> Answer<Mine<Written>> {
    api.service.keep_text(Texts::Thanks, text).await.map(Json)
}

/// One of the thanks that I keep.
#[utoipa::path(get, path = "/mine/jar/{id}", tag = "mine", operation_id = "mine_jar_show",
    params(("id" = String, Path, description = "Id, or the beginning of it")),
    responses((status = 200, body = Mine<Written>), (status = "default", body = Problem)))]
async fn jar_show(State(api): State<Api>, Path(id): Path<String>) -> Answer<Mine<Written>> {
    api.service.text(Texts::Thanks, &id).await.map(Json)
}

/// Deletes it: it is not in the file any more.
#[utoipa::path(delete, path = "/mine/jar/{id}", tag = "mine", operation_id = "mine_jar_delete",
    params(("id" = String, Path, description = "Id, or the beginning of it")),
    responses((status = 200, body = Deleted), (status = "default", body = Problem)))]
async fn jar_delete(State(api): State<Api>, Path(id): Path<String>) -> Answer<Deleted> {
    api.service.delete_text(Texts::Thanks, &id).await.map(Json)
}

/// My drafts, the oldest first.
#[utoipa::path(get, path = "/mine/drafts", tag = "mine", operation_id = "mine_drafts_list",
    responses((status = 200, body = MineList<Written>), (status = "default", body = Problem)))]
async fn drafts_list(State(api): State<Api>) -> Answer<MineList<Written>> {
    api.service.texts(Texts::Drafts, None).await.map(Json)
}

/// Keeps a text. The body is the text itself, byte for byte, or JSON.
#[utoipa::path(post, path = "/mine/drafts", tag = "mine", operation_id = "mine_drafts_add",
    request_body(content((String = "text/plain"), (WriteText = "application/json"))),
    responses((status = 200, body = Mine<Written>), (status = "default", body = Problem)))]
async fn drafts_add(State(api): State<Api>, Text(text): Text) -> Answer<Mine<Written>> {
    api.service.keep_text(Texts::Drafts, text).await.map(Json)
}

/// One draft.
#[utoipa::path(get, path = "/mine/drafts/{id}", tag = "mine", operation_id = "mine_drafts_show",
    params(("id" = String, Path, description = "Id, or the beginning of it")),
    responses((status = 200, body = Mine<Written>), (status = "default", body = Problem)))]
async fn drafts_show(State(api): State<Api>, Path(id): Path<String>) -> Answer<Mine<Written>> {
    api.service.text(Texts::Drafts, &id).await.map(Json)
}

/// Deletes it: it is not in the file any more.
#[utoipa::path(delete, path = "/mine/drafts/{id}", tag = "mine", operation_id = "mine_drafts_delete",
    params(("id" = String, Path, description = "Id, or the beginning of it")),
    responses((status = 200, body = Deleted), (status = "default", body = Problem)))]
async fn drafts_delete(State(api): State<Api>, Path(id): Path<String>) -> Answer<Deleted> {
    api.service.delete_text(Texts::Drafts, &id).await.map(Json)
}

/// Keeps another text in place of a draft.
#[utoipa::path(post, path = "/mine/drafts/{id}", tag = "mine", operation_id = "mine_drafts_save",
    params(("id" = String, Path, description = "Id, or the beginning of it")),
    request_body(content((String = "text/plain"), (WriteText = "application/json"))),
    responses((status = 200, body = Mine<Written>), (status = "default", body = Problem)))]
async fn drafts_save(
    State(api): State<Api>,
    Path(id): Path<String>,
    Text(text): Text,
) -> Answer<Mine<Written>> {
    api.service.replace_text(Texts::Drafts, &id, text).await.map(Json)
}

/// Pages of my journal in which all these words stand.
#[utoipa::path(post, path = "/mine/find-in-journal", tag = "mine", operation_id = "mine_journal_find",
    request_body(content((String = "text/plain"), (WriteText = "application/json"))),
    responses((status = 200, body = MineList<Written>), (status = "default", body = Problem)))]
async fn journal_find(State(api): State<Api>, Text(text): Text) -> Answer<MineList<Written>> {
    api.service.texts(Texts::Journal, Some(&text)).await.map(Json)
}

/// My goals.
#[utoipa::path(get, path = "/mine/goals", tag = "mine", operation_id = "mine_goals",
    responses((status = 200, body = MineList<Goal>), (status = "default", body = Problem)))]
async fn goals(State(api): State<Api>) -> Answer<MineList<Goal>> {
    api.service.mine().await.map(Json)
}

/// Keeps a goal.
#[utoipa::path(post, path = "/mine/goals", tag = "mine", operation_id = "mine_goal_add",
    request_body = Goal,
    responses((status = 200, body = Mine<Goal>), (status = "default", body = Problem)))]
async fn goal_add(State(api): State<Api>, Body(wish): Body<Goal>) -> Answer<Mine<Goal>> {
    api.service.add_goal(wish).await.map(Json)
}

/// One goal.
#[utoipa::path(get, path = "/mine/goals/{id}", tag = "mine", operation_id = "mine_goal_show",
    params(("id" = String, Path, description = "Id, or the beginning of it")),
    responses((status = 200, body = Mine<Goal>), (status = "default", body = Problem)))]
async fn goal_show(State(api): State<Api>, Path(id): Path<String>) -> Answer<Mine<Goal>> {
    api.service.mine_one(&id).await.map(Json)
}

/// Keeps a goal as it is now, steps and all.
#[utoipa::path(post, path = "/mine/goals/{id}", tag = "mine", operation_id = "mine_goal_edit",
    params(("id" = String, Path, description = "Id, or the beginning of it")),
    request_body = Goal,
    responses((status = 200, body = Mine<Goal>), (status = "default", body = Problem)))]
async fn goal_edit(
    State(api): State<Api>,
    Path(id): Path<String>,
    Body(wish): Body<Goal>,
) -> Answer<Mine<Goal>> {
    api.service.edit_goal(&id, wish).await.map(Json)
}

/// Deletes a goal.
#[utoipa::path(delete, path = "/mine/goals/{id}", tag = "mine", operation_id = "mine_goal_delete",
    params(("id" = String, Path, description = "Id, or the beginning of it")),
    responses((status = 200, body = Deleted), (status = "default", body = Problem)))]
async fn goal_delete(State(api): State<Api>, Path(id): Path<String>) -> Answer<Deleted> {
    api.service.mine_delete::<Goal>(&id).await.map(Json)
}

/// What I count, as it stands today.
#[utoipa::path(get, path = "/mine/milestones", tag = "mine", operation_id = "mine_milestones",
    responses((status = 200, body = MineList<Milestone>), (status = "default", body = Problem)))]
async fn milestones(State(api): State<Api>) -> Answer<MineList<Milestone>> {
    api.service.milestones().await.map(Json)
}

/// Begins to count something.
#[utoipa::path(post, path = "/mine/milestones", tag = "mine", operation_id = "mine_milestone_add",
    request_body = AddMilestone,
    responses((status = 200, body = Mine<Milestone>), (status = "default", body = Problem)))]
async fn milestone_add(State(api): State<Api>, Body(wish): Body<AddMilestone>) -> Answer<Mine<Milestone>> {
    api.service.add_milestone(wish).await.map(Json)
}

/// Begins a new stretch; what was counted before stays counted.
#[utoipa::path(post, path = "/mine/milestones/{id}/again", tag = "mine", operation_id = "mine_milestone_again",
    params(("id" = String, Path, description = "Id, or the beginning of it")),
    responses((status = 200, body = Mine<Milestone>), (status = "default", body = Problem)))]
async fn milestone_again(State(api): State<Api>, Path(id): Path<String>) -> Answer<Mine<Milestone>> {
    api.service.milestone_again(&id).await.map(Json)
}

/// Counts further, where the unit is not days.
#[utoipa::path(post, path = "/mine/milestones/{id}/more", tag = "mine", operation_id = "mine_milestone_more",
    params(("id" = String, Path, description = "Id, or the beginning of it")),
    request_body = CountMore,
    responses((status = 200, body = Mine<Milestone>), (status = "default", body = Problem)))]
async fn milestone_more(
    State(api): State<Api>,
    Path(id): Path<String>,
    Body(wish): Body<CountMore>,
) -> Answer<Mine<Milestone>> {
    api.service.milestone_more(&id, wish.more).await.map(Json)
}

/// Deletes a milestone.
#[utoipa::path(delete, path = "/mine/milestones/{id}", tag = "mine", operation_id = "mine_milestone_delete",
    params(("id" = String, Path, description = "Id, or the beginning of it")),
    responses((status = 200, body = Deleted), (status = "default", body = Problem)))]
async fn milestone_delete(State(api): State<Api>, Path(id): Path<String>) -> Answer<Deleted> {
    api.service.mine_delete::<Milestone>(&id).await.map(Json)
}

/// My check-ins.
#[utoipa::path(get, path = "/mine/check-ins", tag = "mine", operation_id = "mine_check_ins",
    responses((status = 200, body = MineList<CheckIn>), (status = "default", body = Problem)))]
async fn check_ins(State(api): State<Api>) -> Answer<MineList<CheckIn>> {
    api.service.mine().await.map(Json)
}

/// Keeps how I am, for me alone.
#[utoipa::path(post, path = "/mine/check-ins", tag = "mine", operation_id = "mine_check_in",
    request_body = CheckIn,
    responses((status = 200, body = Mine<CheckIn>), (status = "default", body = Problem)))]
async fn check_in(State(api): State<Api>, Body(wish): Body<CheckIn>) -> Answer<Mine<CheckIn>> {
    api.service.check_in(wish).await.map(Json)
}

/// Deletes a check-in.
#[utoipa::path(delete, path = "/mine/check-ins/{id}", tag = "mine", operation_id = "mine_check_in_delete",
    params(("id" = String, Path, description = "Id, or the beginning of it")),
    responses((status = 200, body = Deleted), (status = "default", body = Problem)))]
async fn check_in_delete(State(api): State<Api>, Path(id): Path<String>) -> Answer<Deleted> {
    api.service.mine_delete::<CheckIn>(&id).await.map(Json)
}

/// The guides.
#[utoipa::path(get, path = "/mine/skills", tag = "mine", operation_id = "mine_skills",
    responses((status = 200, body = SkillList), (status = "default", body = Problem)))]
async fn skills(State(api): State<Api>) -> Answer<SkillList> {
    api.service.skills().await.map(Json)
}

/// One guide.
#[utoipa::path(get, path = "/mine/skills/{id}", tag = "mine", operation_id = "mine_skill",
    params(("id" = String, Path, description = "Name of the guide")),
    responses((status = 200, body = Skill), (status = "default", body = Problem)))]
async fn skill(State(api): State<Api>, Path(id): Path<String>) -> Answer<Skill> {
    api.service.skill(&id).await.map(Json)
}

/// What I wrote down while going through guides.
#[utoipa::path(get, path = "/mine/answers", tag = "mine", operation_id = "mine_answers_list",
    responses((status = 200, body = MineList<Answers>), (status = "default", body = Problem)))]
async fn answers_list(State(api): State<Api>) -> Answer<MineList<Answers>> {
    api.service.mine().await.map(Json)
}

/// Begins a guide.
#[utoipa::path(post, path = "/mine/answers", tag = "mine", operation_id = "mine_answers_begin",
    request_body = Answers,
    responses((status = 200, body = Mine<Answers>), (status = "default", body = Problem)))]
async fn answers_begin(State(api): State<Api>, Body(wish): Body<Answers>) -> Answer<Mine<Answers>> {
    api.service.keep_answers(None, wish).await.map(Json)
}

/// What I wrote down once.
#[utoipa::path(get, path = "/mine/answers/{id}", tag = "mine", operation_id = "mine_answers_show",
    params(("id" = String, Path, description = "Id, or the beginning of it")),
    responses((status = 200, body = Mine<Answers>), (status = "default", body = Problem)))]
async fn answers_show(State(api): State<Api>, Path(id): Path<String>) -> Answer<Mine<Answers>> {
    api.service.mine_one(&id).await.map(Json)
}

/// Keeps what I wrote so far.
#[utoipa::path(post, path = "/mine/answers/{id}", tag = "mine", operation_id = "mine_answers_keep",
    params(("id" = String, Path, description = "Id, or the beginning of it")),
    request_body = Answers,
    responses((status = 200, body = Mine<Answers>), (status = "default", body = Problem)))]
async fn answers_keep(
    State(api): State<Api>,
    Path(id): Path<String>,
    Body(wish): Body<Answers>,
) -> Answer<Mine<Answers>> {
    api.service.keep_answers(Some(&id), wish).await.map(Json)
}

/// Deletes what I wrote down.
#[utoipa::path(delete, path = "/mine/answers/{id}", tag = "mine", operation_id = "mine_answers_delete",
    params(("id" = String, Path, description = "Id, or the beginning of it")),
    responses((status = 200, body = Deleted), (status = "default", body = Problem)))]
async fn answers_delete(State(api): State<Api>, Path(id): Path<String>) -> Answer<Deleted> {
    api.service.mine_delete::<Answers>(&id).await.map(Json)
}

/// My plan; an empty one if none was written.
#[utoipa::path(get, path = "/mine/plan", tag = "mine", operation_id = "mine_plan",
    responses((status = 200, body = Plan), (status = "default", body = Problem)))]
async fn plan(State(api): State<Api>) -> Answer<Plan> {
    api.service.plan().await.map(Json)
}

/// Keeps my plan as it is now.
#[utoipa::path(post, path = "/mine/plan", tag = "mine", operation_id = "mine_plan_set",
    request_body = Plan,
    responses((status = 200, body = Plan), (status = "default", body = Problem)))]
async fn plan_set(State(api): State<Api>, Body(wish): Body<Plan>) -> Answer<Plan> {
    api.service.set_plan(wish).await.map(Json)
}

/// My tags.
#[utoipa::path(get, path = "/mine/tags", tag = "mine", operation_id = "mine_tags",
    responses((status = 200, body = Tags), (status = "default", body = Problem)))]
async fn tags(State(api): State<Api>) -> Answer<Tags> {
    api.service.tags().await.map(Json)
}

/// Keeps these tags in place of those before.
#[utoipa::path(post, path = "/mine/tags", tag = "mine", operation_id = "mine_tags_set",
    request_body = Tags,
    responses((status = 200, body = Tags), (status = "default", body = Problem)))]
async fn tags_set(State(api): State<Api>, Body(wish): Body<Tags>) -> Answer<Tags> {
    api.service.set_tags(wish).await.map(Json)
}

/// Where to get help now, with lines of my own.
#[utoipa::path(get, path = "/mine/crisis", tag = "mine", operation_id = "mine_crisis",
    responses((status = 200, body = HelpCard), (status = "default", body = Problem)))]
async fn crisis(State(api): State<Api>) -> Answer<HelpCard> {
    api.service.help_card().await.map(Json)
}

/// Chooses the country whose numbers to show.
#[utoipa::path(post, path = "/mine/crisis/country", tag = "mine", operation_id = "mine_country",
    request_body = ChooseCountry,
    responses((status = 200, body = HelpCard), (status = "default", body = Problem)))]
async fn country(State(api): State<Api>, Body(wish): Body<ChooseCountry>) -> Answer<HelpCard> {
    api.service.choose_country(&wish.country).await.map(Json)
}

/// Keeps a line of my own.
#[utoipa::path(post, path = "/mine/crisis/lines", tag = "mine", operation_id = "mine_line_add",
    request_body = AddLine,
    responses((status = 200, body = HelpCard), (status = "default", body = Problem)))]
async fn line_add(State(api): State<Api>, Body(wish): Body<AddLine>) -> Answer<HelpCard> {
    api.service.add_line(wish).await.map(Json)
}

/// Deletes a line of my own.
#[utoipa::path(delete, path = "/mine/crisis/lines/{id}", tag = "mine", operation_id = "mine_line_delete",
    params(("id" = String, Path, description = "Id, or the beginning of it")),
    responses((status = 200, body = Deleted), (status = "default", body = Problem)))]
async fn line_delete(State(api): State<Api>, Path(id): Path<String>) -> Answer<Deleted> {
    api.service.mine_delete::<HelpLine>(&id).await.map(Json)
}
