// The frozen outer members, then actor and events, also of the record inside an imported one.
#include "journal/record_filter.hpp"

#include <algorithm>
#include <regex>

namespace outlay::journal {

namespace {

std::string_view text_in(const json::Value* object, std::string_view name) {
    const auto* value =
        object && object->kind() == json::Kind::object ? object->find(name) : nullptr;
    return value && value->kind() == json::Kind::string ? std::string_view(value->text())
                                                        : std::string_view();
}

bool is_of(const std::string& wish, std::string_view is) {
    return wish.empty() || wish == is;
}

bool has_event(const json::Value* events, const std::string& wish) {
    if (wish.empty()) return true;
    if (!events || events->kind() != json::Kind::array) return false;
    return std::ranges::any_of(events->items(), [&](const json::Value& event) {
        const auto type = text_in(&event, "type");
        return wish.ends_with('.') ? type.starts_with(wish) : type == wish;
    });
}

}  // namespace

domain::Result<RecordFilter, std::string> RecordFilter::make(RecordWishes wishes) {
    if (!wishes.workspace.empty() && !domain::WorkspaceId::parse(wishes.workspace))
        return domain::Fail{"--workspace: \"" + wishes.workspace + "\" is no ws_..."};
    if (!wishes.command.empty() && !domain::CommandId::parse(wishes.command))
        return domain::Fail{"--command: \"" + wishes.command + "\" is no cmd_..."};
    if (!wishes.actor.empty() && !domain::MemberId::parse(wishes.actor) &&
        !domain::UserId::parse(wishes.actor))
        return domain::Fail{"--actor: \"" + wishes.actor + "\" is no mem_... or usr_..."};
    RecordFilter filter(std::move(wishes));
    if (filter.wishes_.pattern.empty()) return filter;
    try {
        filter.pattern_.emplace(filter.wishes_.pattern);
    } catch (const std::regex_error&) {
        return domain::Fail{"\"" + filter.wishes_.pattern + "\" is no regular expression"};
    }
    return filter;
}

bool RecordFilter::passes(const Record& record) const {
    if (pattern_ && !std::regex_search(record.value, *pattern_)) return false;
    const bool looks_inside = !wishes_.workspace.empty() || !wishes_.kind.empty() ||
                              !wishes_.event_type.empty() || !wishes_.actor.empty() ||
                              !wishes_.command.empty();
    if (!looks_inside) return true;
    const auto parsed = json::parse(record.value);
    return parsed.ok() && parsed->kind() == json::Kind::object && passes(*parsed);
}

bool RecordFilter::passes(const json::Value& document) const {
    const auto* inner = document.find("record");
    const auto& body = inner && inner->kind() == json::Kind::object ? *inner : document;
    const auto* actor = body.find("actor");
    return is_of(wishes_.kind, text_in(&document, "kind")) &&
           is_of(wishes_.workspace, text_in(&document, "workspace")) &&
           is_of(wishes_.command, text_in(&document, "command")) &&
           (is_of(wishes_.actor, text_in(actor, "member")) ||
            is_of(wishes_.actor, text_in(actor, "user"))) &&
           has_event(body.find("events"), wishes_.event_type);
}

// A record that names another workspace in plain letters is another's; only an escape could hide a
// name. Another's record may still quote the id, in a note for example.
bool concerns(const Record& record, const domain::WorkspaceId& workspace) {
    const std::string_view value = record.value;
    constexpr auto absent = std::string_view::npos;
    const bool may_name_it = value.find(workspace.text()) != absent ||
                             value.find("\\u") != absent || value.find("\"workspace\"") == absent;
    if (!may_name_it) return false;
    const auto decoded = decode(value, "");
    if (const auto* commit = std::get_if<Commit>(&decoded)) return commit->workspace == workspace;
    if (const auto* close = std::get_if<Close>(&decoded)) return close->workspace == workspace;
    return true;
}

}  // namespace outlay::journal
