// `outlay why`: tells the story of a thing from the store and the journal. Changes nothing.
#include <iostream>
#include <utility>

#include "api/resources/flow_operation.hpp"
#include "app/aggregate_document.hpp"
#include "app/explain.hpp"
#include "app/place.hpp"
#include "app/story_text.hpp"
#include "app/tool_moment.hpp"
#include "journal/history.hpp"

namespace outlay::app {

namespace {

std::optional<workers::Reference> reference_in(const std::string& text) {
    if (const auto command = api::command_of_operation(text)) return *command;
    return workers::parse_reference(text);
}

// The versions of one aggregate that a story tells of are close together: the last state is kept.
class Changes {
public:
    Changes(sql::Session& session, VersionChanges& found) : session_(session), found_(found) {}

    sql::Status add(const workers::Chapter& chapter) {
        if (!chapter.is_fact() || !chapter.workspace) return domain::Done{};
        for (const auto& change : chapter.changes) {
            auto before = document(*chapter.workspace, change.aggregate, change.version - 1);
            if (!before.ok()) return domain::Fail{before.error()};
            auto after = document(*chapter.workspace, change.aggregate, change.version);
            if (!after.ok()) return domain::Fail{after.error()};
            found_[{change.aggregate, change.version}] = field_changes(*before, *after);
            last_ = {{change.aggregate, change.version}, std::move(*after)};
        }
        return domain::Done{};
    }

private:
    sql::Result<std::string> document(const domain::WorkspaceId& workspace,
                                      const std::string& aggregate, std::uint64_t version) {
        if (last_.first == std::pair(aggregate, version)) return last_.second;
        const auto state = journal::load(session_, workspace, aggregate, version);
        if (!state.ok()) return domain::Fail{state.error()};
        return aggregate_document(aggregate, *state);
    }

    sql::Session& session_;
    VersionChanges& found_;
    std::pair<std::pair<std::string, std::uint64_t>, std::string> last_;
};

struct Found {
    std::optional<workers::Story> story;
    VersionChanges changes;
};

sql::Status find(sql::Session& session, journal::Journal& log, const workers::Reference& reference,
                 Found& found) {
    found = {};
    auto story = workers::story_of(session, log, reference);
    if (!story.ok()) return domain::Fail{story.error()};
    found.story = std::move(*story);
    if (!found.story) return domain::Done{};
    Changes changes(session, found.changes);
    for (const auto& chapter : found.story->chapters) {
        const auto added = changes.add(chapter);
        if (!added.ok()) return added;
    }
    return domain::Done{};
}

}  // namespace

int why(const Settings& settings, const Question& question) {
    const platform::SystemClock clock;
    const auto reference = reference_in(question.about);
    if (!reference) {
        return fail_with(
            {exit_usage, "\"" + question.about +
                             "\" is no PARTITION:OFFSET, no operation and no id of an expense, "
                             "budget, channel, workspace, alert, command, message or delivery"});
    }
    const auto place = tool_place(settings, clock);
    if (!place.ok()) return fail_with({not_finished, place.error()});
    Found found;
    const auto done = place->store->transact(
        {sql::Access::lookup, std::nullopt},
        [&](sql::Session& session) { return find(session, *place->log, *reference, found); });
    if (!done.ok()) return fail_with({not_finished, "the store: " + done.error().detail});
    if (!found.story) {
        return fail_with({exit_wrong, "nothing is known of " + question.about +
                                          ", as far as the projection has come"});
    }
    const StoryPage page{question.about, *found.story, found.changes};
    std::cout << (settings.json ? story_json(page) + "\n" : story_text(page));
    return 0;
}

}  // namespace outlay::app
