// Commands of the category tree and the rules that answer them.
#pragma once

#include <vector>

#include "domain/categories/state.hpp"
#include "domain/values/refusal.hpp"

namespace outlay::domain::categories {

using Events = std::vector<Event>;

struct CreateCategory {  // the new id is index 0 of the derived ids
    std::string name;
    std::optional<CategoryId> parent{};
};
struct RenameCategory {
    CategoryId category;
    std::string name;
};
struct MoveCategory {
    CategoryId category;
    std::optional<CategoryId> parent{};
};
struct EditCategory {  // rename and move in one go, as PATCH asks; unset: unchanged
    CategoryId category;
    std::optional<std::string> name{};
    std::optional<std::optional<CategoryId>> parent{};
};
struct ArchiveCategory {  // refused while it has children that are not archived
    CategoryId category;
};
struct RestoreCategory {
    CategoryId category;
};

Decision<Events> decide(const Tree&, const CreateCategory&, const Context&);
Decision<Events> decide(const Tree&, const RenameCategory&, const Context&);
Decision<Events> decide(const Tree&, const MoveCategory&, const Context&);
Decision<Events> decide(const Tree&, const EditCategory&, const Context&);
Decision<Events> decide(const Tree&, const ArchiveCategory&, const Context&);
Decision<Events> decide(const Tree&, const RestoreCategory&, const Context&);

}  // namespace outlay::domain::categories
