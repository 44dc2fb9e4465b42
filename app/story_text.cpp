// Lines for a terminal, and one JSON document with the same content.
#include "app/story_text.hpp"

#include "domain/values/money.hpp"
#include "platform/json/writer.hpp"
#include "views/alert.hpp"
#include "views/cells.hpp"

namespace outlay::app {

namespace {

using workers::Chapter;

std::string actor_text(const domain::Actor& actor) {
    return actor.member.text() + (actor.user ? " (" + actor.user->text() + ")" : "");
}

std::string money_text(std::int64_t minor, const std::string& currency) {
    const auto known = domain::Currency::parse(currency);
    return domain::decimal_text(minor, known ? known->exponent() : 0) + " " + currency;
}

std::string threshold_text(const views::AlertView& alert) {
    auto text = alert.percent ? std::to_string(*alert.percent) + " %"
                              : money_text(alert.amount_minor.value_or(0), alert.currency);
    if (alert.basis == "forecast") text += ", forecast";
    if (alert.member) text += ", of " + alert.member->text();
    return text;
}

std::string alert_lines(const workers::Story& story) {
    const auto& alert = *story.alert;
    std::string text = "budget     " + story.budget_name + " (" + alert.budget.text() + "), " +
                       alert.start + " to " + alert.end + "\n";
    text += "threshold  " + threshold_text(alert) + " (" + alert.threshold.text() + "), " +
            alert.level + "\n";
    text += "number     " + money_text(alert.spent_minor, alert.currency) + " spent of " +
            money_text(alert.limit_minor, alert.currency);
    if (alert.projected_minor)
        text += ", " + money_text(*alert.projected_minor, alert.currency) +
                " expected at the end as of " + alert.as_of.value_or("?");
    text += "\nbecause    ";
    text += alert.expense ? "expense " + alert.expense->text() + ": " + alert.cause : alert.cause;
    text += ", at " + alert.position.text() + "\n";
    if (alert.ending) {
        text += "ended      ";
        if (alert.ending->expense) text += "expense " + alert.ending->expense->text() + ": ";
        text += alert.ending->cause + ", at " + alert.ending->position.text() + "\n";
    }
    text += "now        " + alert.state + ", crossing " + std::to_string(alert.crossing) +
            (alert.muted ? ", muted: nobody was told" : "") + "\n";
    return text;
}

std::string command_lines(const workers::CommandEnd& end) {
    std::string text = "state      " + std::string(end.state) + "\n";
    if (end.problem) text += "problem    " + end.problem->code + ": " + end.problem->detail + "\n";
    if (end.state == "open")
        text += "           every try known so far was refused; it may still apply, or be closed\n";
    return text;
}

std::string rival_line(const workers::Rival& rival) {
    std::string text = "    lost to   " + rival.position.text() + " " + rival.command.text();
    if (rival.actor) text += " by " + actor_text(*rival.actor);
    if (!rival.aggregate.empty())
        text += ": " + rival.event_type + " made " + rival.aggregate + " version " +
                std::to_string(rival.version);
    return text + "\n";
}

std::string reads_line(const std::vector<journal::Read>& reads) {
    std::string list;
    for (const auto& read : reads)
        list += (list.empty() ? "" : ", ") + read.aggregate + " " + std::to_string(read.version);
    return list.empty() ? "" : "    rests on  " + list + "\n";
}

std::string message_lines(const workers::ToldMessage& message) {
    auto text = "    message   " + message.id.text() + " " + message.type + "\n";
    for (const auto& delivery : message.deliveries) {
        text += "      to " + delivery.channel.text() + ": " + delivery.state + " after " +
                std::to_string(delivery.attempts) + " attempts (" + delivery.id.text() + ")";
        text += (delivery.last_error ? ", " + *delivery.last_error : "") + "\n";
    }
    return text;
}

std::string who_lines(const Chapter& chapter) {
    std::string text;
    if (chapter.command) text += "    command   " + chapter.command->text() + "\n";
    if (chapter.actor) text += "    by        " + actor_text(*chapter.actor) + "\n";
    if (chapter.decided_at) text += "    decided   " + chapter.decided_at->text() + "\n";
    if (!chapter.trace.empty()) text += "    request   " + chapter.trace + "\n";
    if (chapter.origin)
        text += "    from      journal " + chapter.origin->journal + ", " +
                chapter.origin->position.text() + " " + chapter.origin->appended_at.text() + "\n";
    return text;
}

std::string change_lines_of(const Chapter& chapter, const VersionChanges& changes) {
    std::string text;
    for (const auto& change : chapter.changes) {
        text += std::string("    ") + (chapter.is_fact() ? "changed " : "proposed") + "  " +
                change.aggregate + " version " + std::to_string(change.version) + ": " +
                change.type + "\n";
        const auto known = changes.find({change.aggregate, change.version});
        text += known == changes.end() ? "      " + change.data + "\n"
                                       : change_lines(known->second, "      ");
    }
    return text;
}

std::string chapter_lines(const Chapter& chapter, const VersionChanges& changes) {
    auto text = "\n" + chapter.position.text();
    if (chapter.appended_at) text += "  " + chapter.appended_at->text();
    text += "  " + (chapter.kind.empty() ? "record" : chapter.kind) + "  " +
            (chapter.verdict.empty() ? "not judged yet" : chapter.verdict) + "\n";
    text += "    rule      " + std::string(workers::rule_of(chapter.verdict)) + "\n";
    if (!chapter.detail.empty()) text += "    detail    " + chapter.detail + "\n";
    if (chapter.rival) text += rival_line(*chapter.rival);
    text += who_lines(chapter) + reads_line(chapter.reads);
    if (chapter.problem)
        text += "    problem   " + chapter.problem->code + ": " + chapter.problem->detail + "\n";
    text += change_lines_of(chapter, changes);
    for (const auto& alert : chapter.raised) {
        text += "    raised    " + alert.id.text() + ": " +
                money_text(alert.spent_minor, alert.currency) + " of " +
                money_text(alert.limit_minor, alert.currency) + ", " + threshold_text(alert) +
                " of " + alert.budget.text() + "\n";
    }
    for (const auto& alert : chapter.resolved) text += "    resolved  " + alert.id.text() + "\n";
    for (const auto& message : chapter.messages) text += message_lines(message);
    return text;
}

template <typename AnyId>
void write_optional(json::Writer& out, std::string_view name, const std::optional<AnyId>& value) {
    out.field(name, value ? std::optional(value->text()) : std::nullopt);
}

void write_actor(json::Writer& out, const std::optional<domain::Actor>& actor) {
    out.key("actor");
    if (!actor) {
        out.null();
        return;
    }
    out.begin_object().field("member", actor->member.text());
    write_optional(out, "user", actor->user);
    out.end_object();
}

void write_problem(json::Writer& out, const std::optional<journal::Problem>& problem) {
    out.key("problem");
    if (!problem) {
        out.null();
        return;
    }
    out.begin_object().field("code", problem->code).field("detail", problem->detail).end_object();
}

void write_rival(json::Writer& out, const std::optional<workers::Rival>& rival) {
    out.key("lost_to");
    if (!rival) {
        out.null();
        return;
    }
    out.begin_object()
        .field("position", rival->position.text())
        .field("command", rival->command.text());
    write_actor(out, rival->actor);
    const bool made = !rival->aggregate.empty();
    out.field("aggregate", made ? std::optional(rival->aggregate) : std::nullopt)
        .field("type", made ? std::optional(rival->event_type) : std::nullopt)
        .field("version", static_cast<std::int64_t>(rival->version))
        .end_object();
}

void write_origin(json::Writer& out, const std::optional<journal::Origin>& origin) {
    out.key("origin");
    if (!origin) {
        out.null();
        return;
    }
    out.begin_object()
        .field("journal", origin->journal)
        .field("position", origin->position.text())
        .field("appended_at", origin->appended_at.text())
        .end_object();
}

void write_events(json::Writer& out, const Chapter& chapter, const VersionChanges& changes) {
    out.key("reads").begin_array();
    for (const auto& read : chapter.reads) {
        out.begin_object()
            .field("aggregate", read.aggregate)
            .field("version", static_cast<std::int64_t>(read.version))
            .end_object();
    }
    out.end_array().key("events").begin_array();
    for (const auto& change : chapter.changes) {
        out.begin_object()
            .field("id", change.id.text())
            .field("aggregate", change.aggregate)
            .field("version", static_cast<std::int64_t>(change.version))
            .field("type", change.type)
            .key("data")
            .raw(change.data)
            .key("changes");
        const auto known = changes.find({change.aggregate, change.version});
        if (known == changes.end())
            out.null();
        else
            write_changes(out, known->second);
        out.end_object();
    }
    out.end_array();
}

void write_alerts(json::Writer& out, std::string_view name,
                  const std::vector<views::AlertView>& alerts) {
    out.key(name).begin_array();
    for (const auto& alert : alerts) out.raw(views::alert_body(alert));
    out.end_array();
}

void write_messages(json::Writer& out, const std::vector<workers::ToldMessage>& messages) {
    out.key("messages").begin_array();
    for (const auto& message : messages) {
        out.begin_object().field("id", message.id.text()).field("type", message.type);
        out.key("deliveries").begin_array();
        for (const auto& delivery : message.deliveries) {
            out.begin_object()
                .field("id", delivery.id.text())
                .field("channel", delivery.channel.text())
                .field("state", delivery.state)
                .field("attempts", delivery.attempts)
                .field("last_error", delivery.last_error)
                .end_object();
        }
        out.end_array().end_object();
    }
    out.end_array();
}

void write_chapter(json::Writer& out, const Chapter& chapter, const VersionChanges& changes) {
    const auto known = [](const std::string& text) {
        return text.empty() ? std::nullopt : std::optional(text);
    };
    out.begin_object().field("position", chapter.position.text());
    write_optional(out, "appended_at", chapter.appended_at);
    out.field("kind", known(chapter.kind))
        .field("verdict", known(chapter.verdict))
        .field("rule", workers::rule_of(chapter.verdict))
        .field("detail", chapter.detail);
    write_rival(out, chapter.rival);
    write_optional(out, "workspace", chapter.workspace);
    write_optional(out, "command", chapter.command);
    write_actor(out, chapter.actor);
    write_optional(out, "decided_at", chapter.decided_at);
    out.field("trace", known(chapter.trace));
    write_origin(out, chapter.origin);
    write_problem(out, chapter.problem);
    write_events(out, chapter, changes);
    write_alerts(out, "raised", chapter.raised);
    write_alerts(out, "resolved", chapter.resolved);
    write_messages(out, chapter.messages);
    out.end_object();
}

}  // namespace

std::string story_text(const StoryPage& page) {
    const auto& story = page.story;
    std::string text = std::string(story.kind) + " " + std::string(page.asked) + "\n";
    if (story.workspace) text += "workspace  " + story.workspace->text() + "\n";
    if (story.alert) text += alert_lines(story);
    if (story.command) text += command_lines(*story.command);
    for (const auto& chapter : story.chapters) text += chapter_lines(chapter, page.changes);
    return text;
}

std::string story_json(const StoryPage& page) {
    const auto& story = page.story;
    std::string text;
    json::Writer out(text);
    out.begin_object().field("asked", page.asked).field("kind", story.kind);
    write_optional(out, "workspace", story.workspace);
    out.key("alert");
    if (story.alert)
        out.raw(views::alert_body(*story.alert));
    else
        out.null();
    out.key("command");
    if (story.command) {
        out.begin_object().field("state", story.command->state);
        write_problem(out, story.command->problem);
        out.end_object();
    } else {
        out.null();
    }
    out.key("records").begin_array();
    for (const auto& chapter : story.chapters) write_chapter(out, chapter, page.changes);
    out.end_array().end_object();
    return text;
}

}  // namespace outlay::app
