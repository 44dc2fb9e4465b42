// A story as people and programs read it. Pure; any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "app/field_change.hpp"
#include "workers/story.hpp"

namespace outlay::app {

// What each version of an aggregate changed, of all versions that the story tells of.
using VersionChanges = std::map<std::pair<std::string, std::uint64_t>, std::vector<FieldChange>>;

struct StoryPage {
    std::string_view asked;  // as it was asked for
    const workers::Story& story;
    const VersionChanges& changes;
};

std::string story_text(const StoryPage& page);  // lines for a terminal
std::string story_json(const StoryPage& page);

}  // namespace outlay::app
