// A workspace with one member per role, as the tests of several aggregates need it.
#pragma once

#include "domain/workspace/decide.hpp"
#include "tests/domain/decider_spec.hpp"

namespace outlay::domain::spec {

// Workspace "Home": created and filled with the four people.
inline std::vector<workspace::Event> household() {
    using namespace workspace;
    return {WorkspaceCreated{"Home", currency("EUR"), "Europe/Berlin", owner, id<UserId>(1)},
            MemberAdded{admin, id<UserId>(2), Role::admin},
            MemberAdded{member, id<UserId>(3), Role::member},
            MemberAdded{viewer, id<UserId>(4), Role::viewer}};
}

// `base` and then some: reads as "the household, after these events".
template <typename Event>
std::vector<Event> after(std::vector<Event> base, const std::vector<Event>& more) {
    base.insert(base.end(), more.begin(), more.end());
    return base;
}

inline Given<workspace::Workspace, workspace::Event> given_household(
    const std::vector<workspace::Event>& more = {}) {
    return Given<workspace::Workspace, workspace::Event>(after(household(), more));
}

}  // namespace outlay::domain::spec
