// `outlay pause` and `outlay resume`: the kill-switch.
#include <algorithm>
#include <array>
#include <iostream>

#include "app/operator.hpp"
#include "app/place.hpp"
#include "app/roles.hpp"
#include "platform/json/writer.hpp"
#include "workers/pausing.hpp"

namespace outlay::app {

namespace {

using journal::Pausable;
using journal::Pause;
using journal::PauseScope;
using workers::PauseWish;

constexpr int usage = 2;

// What holds for whoever asks while it lasts, and what goes on.
constexpr std::array<std::string_view, 3> meanings{
    "changes are answered with 503 `paused`; reading goes on",
    "nothing is projected: changes are answered with 202 and apply after it",
    "nothing is sent to channels; messages are kept"};

Outcome<PauseScope> scope_of(const Settings& settings) {
    const auto what = journal::pausable_of(settings.what);
    CHECK(what.has_value(), "the command line takes what can be paused");
    PauseScope scope{*what};
    if (!settings.workspace.empty()) {
        if (*what == Pausable::projector)
            return domain::Fail{std::string("the projector is paused by --partition")};
        scope.workspace = domain::WorkspaceId::parse(settings.workspace);
        if (!scope.workspace)
            return domain::Fail{"\"" + settings.workspace + "\" is no workspace's id"};
    }
    if (settings.partition >= 0) {
        if (*what != Pausable::projector)
            return domain::Fail{std::string("--partition is for the projector")};
        scope.partition = settings.partition;
    }
    return scope;
}

bool is_line(const std::string& text) {
    constexpr std::size_t bytes_max = 200;
    return text.size() <= bytes_max &&
           std::ranges::all_of(text, [](unsigned char c) { return c >= ' '; });
}

std::string sentence(const Pause& pause) {
    return pause.scope.text() + ": paused since " + pause.since.text() + " by " + pause.by + ": " +
           pause.reason;
}

void print_json(const PauseScope& scope, const std::optional<Pause>& pause, bool is_changed) {
    std::string text;
    json::Writer out(text);
    out.begin_object()
        .field("scope", scope.text())
        .field("changed", is_changed)
        .field("since", pause ? std::optional(pause->since.text()) : std::nullopt)
        .field("by", pause ? std::optional(pause->by) : std::nullopt)
        .field("reason", pause ? std::optional(pause->reason) : std::nullopt)
        .end_object();
    std::cout << text << "\n";
}

struct Asked {
    std::unique_ptr<sql::Store> store;
    PauseWish wish;
};

// Empty: what is wrong was said, and this is the exit status.
domain::Result<Asked, int> asked(const Settings& settings) {
    const auto scope = scope_of(settings);
    if (!scope.ok()) {
        fail(scope.error());
        return domain::Fail{usage};
    }
    auto store = needed_store(settings);
    if (!store.ok()) return domain::Fail{fail(store.error())};
    if (!is_line(settings.reason)) {
        fail("--reason is one line of at most 200 bytes");
        return domain::Fail{usage};
    }
    const auto known = workers::is_known(**store, *scope);
    if (!known.ok()) return domain::Fail{fail("the store: " + known.error().detail)};
    if (!*known)
        return domain::Fail{fail("there is nothing to pause as \"" + scope->text() + "\"")};
    return Asked{std::move(store).value(),
                 {*scope, settings.reason, operator_name(), platform::SystemClock{}.now()}};
}

}  // namespace

int pause(const Settings& settings) {
    const auto found = asked(settings);
    if (!found.ok()) return found.error();
    const auto& wish = found->wish;
    if (settings.dry_run) {
        std::cout << "would pause " << wish.scope.text() << "; nothing was changed\n";
        return 0;
    }
    const auto made = workers::make_pause(*found->store, wish);
    if (!made.ok()) return fail("the store: " + made.error().detail);
    if (settings.json) {
        print_json(wish.scope, made->pause, made->is_new);
        return 0;
    }
    std::cout << sentence(made->pause) << "\n";
    if (!made->is_new) std::cout << "it was paused already; nothing was changed\n";
    std::cout << "every node follows within 2 seconds: "
              << meanings.at(static_cast<std::size_t>(wish.scope.what)) << "\n";
    return 0;
}

int resume(const Settings& settings) {
    const auto found = asked(settings);
    if (!found.ok()) return found.error();
    const auto& wish = found->wish;
    if (settings.dry_run) {
        std::cout << "would resume " << wish.scope.text() << "; nothing was changed\n";
        return 0;
    }
    const auto ended = workers::end_pause(*found->store, wish);
    if (!ended.ok()) return fail("the store: " + ended.error().detail);
    if (settings.json) {
        print_json(wish.scope, *ended, ended->has_value());
        return 0;
    }
    std::cout << wish.scope.text()
              << (*ended ? ": resumed; every node follows within 2 seconds\n"
                         : ": there is no such pause; nothing was changed\n");
    journal::PauseBoard others;
    const auto read = others.refresh(*found->store);
    if (!read.ok()) return fail("the store: " + read.error().detail);
    const auto remark = others.remark(wish.scope.what);
    if (!remark.empty()) std::cout << "still " << remark << "\n";
    return 0;
}

}  // namespace outlay::app
