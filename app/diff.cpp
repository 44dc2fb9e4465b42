// `outlay diff`: what changed between two moments of a workspace, or between two versions of one
// thing, field by field. Changes nothing.
#include <algorithm>
#include <array>
#include <charconv>
#include <iostream>

#include "app/aggregate_document.hpp"
#include "app/explain.hpp"
#include "app/field_change.hpp"
#include "app/progress.hpp"
#include "app/signals.hpp"
#include "app/tool_moment.hpp"
#include "journal/history.hpp"
#include "platform/json/writer.hpp"

namespace outlay::app {

namespace {

using domain::Fail;
using journal::Moment;

// One side of a comparison. A version is of one thing only.
using Side = std::variant<std::uint64_t, journal::When>;

struct Wish {
    const Question& question;
    Side from;
    Side to;
    domain::Instant now;
};

struct Changed {
    std::string aggregate;
    std::uint64_t before = 0;  // versions; 0: it was not there
    std::uint64_t after = 0;
    std::vector<FieldChange> fields{};
};

struct Comparison {
    domain::WorkspaceId workspace;
    std::string from;  // positions, or versions
    std::string to;
    std::vector<Changed> shown;
    std::size_t count = 0;  // of all things that changed
};

ToolFailure usage(std::string sentence) {
    return {exit_usage, std::move(sentence)};
}

std::optional<Side> side_of(const std::string& text) {
    if (const auto when = journal::parse_when(text)) return Side(*when);
    std::uint64_t version = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return Side(version);
}

ToolResult<Wish> read_wish(const Question& question, domain::Instant now) {
    const auto from = side_of(question.before);
    const auto to = side_of(question.after);
    for (const auto* text : {&question.before, &question.after}) {
        if (!side_of(*text))
            return Fail{usage("\"" + *text + "\" is no PARTITION:OFFSET, instant or version")};
    }
    const bool has_version =
        std::holds_alternative<std::uint64_t>(*from) || std::holds_alternative<std::uint64_t>(*to);
    if (has_version && question.about.empty())
        return Fail{usage("a version is one of a thing: name its id behind it")};
    return Wish{question, *from, *to, now};
}

class Comparer {
public:
    Comparer(sql::Session& session, const Wish& wish, const domain::WorkspaceId& workspace,
             const std::vector<std::int64_t>& ends)
        : session_(session), wish_(wish), workspace_(workspace), ends_(ends) {}

    ToolResult<Comparison> of_one() {
        const auto& id = wish_.question.about;
        const auto aggregate =
            domain::WorkspaceId::parse(id) ? std::string(domain::workspace_name) : id;
        const auto before = version(aggregate, wish_.from);
        if (!before.ok()) return Fail{before.error()};
        const auto after = version(aggregate, wish_.to);
        if (!after.ok()) return Fail{after.error()};
        if (*after < *before) return Fail{usage("the second side comes before the first")};
        Comparison found{workspace_, wish_.question.before, wish_.question.after, {}, 1};
        auto changed = compare({aggregate, *before, *after});
        if (!changed.ok()) return Fail{changed.error()};
        found.shown.push_back(std::move(*changed));
        return found;
    }

    ToolResult<Comparison> of_all() {
        const auto from = moment(std::get<journal::When>(wish_.from));
        if (!from.ok()) return Fail{from.error()};
        const auto to = moment(std::get<journal::When>(wish_.to));
        if (!to.ok()) return Fail{to.error()};
        if (to->position < from->position)
            return Fail{usage("the second side comes before the first")};
        auto changed = changed_between(from->position.offset, to->position.offset);
        if (!changed.ok()) return Fail{changed.error()};
        Comparison found{
            workspace_, from->position.text(), to->position.text(), {}, changed->size()};
        const auto limit = static_cast<std::size_t>(wish_.question.rows_max);
        if (limit > 0 && changed->size() > limit) changed->resize(limit);
        Progress progress("compared", "things", std::ssize(*changed));
        for (auto& one : *changed) {
            auto compared = compare(std::move(one));
            if (!compared.ok()) return Fail{compared.error()};
            found.shown.push_back(std::move(*compared));
            progress.add(1);
            if (wait_for_end(std::chrono::seconds{0}))
                return Fail{ToolFailure{not_finished, "ended on request"}};
        }
        return found;
    }

private:
    ToolResult<Moment> moment(const journal::When& when) {
        return tool_moment(session_, {workspace_, when, ends_, wish_.now});
    }

    ToolResult<std::uint64_t> version(const std::string& aggregate, const Side& side) {
        const auto* named = std::get_if<std::uint64_t>(&side);
        Moment last{workspace_, {0, INT64_MAX}, {}, {}};
        if (!named) {
            auto then = moment(std::get<journal::When>(side));
            if (!then.ok()) return Fail{then.error()};
            last = std::move(*then);
        }
        const auto current = journal::version_at(session_, aggregate, last);
        if (!current.ok()) return Fail{store_failure(current.error())};
        if (named && *named > *current) {
            return Fail{ToolFailure{
                exit_wrong, wish_.question.about + " is at version " + std::to_string(*current)}};
        }
        return named ? *named : *current;
    }

    ToolResult<std::vector<Changed>> changed_between(std::int64_t after, std::int64_t until) {
        const std::array<sql::Value, 3> parameters{workspace_.value.text(), after, until};
        const auto rows = session_.query(
            "SELECT aggregate, min(version), max(version) FROM read.events"
            " WHERE workspace = $1 AND log_offset > $2 AND log_offset <= $3"
            " GROUP BY aggregate ORDER BY aggregate",
            parameters);
        if (!rows.ok()) return Fail{store_failure(rows.error())};
        std::vector<Changed> changed;
        for (std::size_t row = 0; row < rows->size(); ++row) {
            changed.push_back({rows->text(row, 0),
                               static_cast<std::uint64_t>(rows->integer(row, 1)) - 1,
                               static_cast<std::uint64_t>(rows->integer(row, 2))});
        }
        return changed;
    }

    ToolResult<std::string> document(const std::string& aggregate, std::uint64_t version) {
        const auto state = journal::load(session_, workspace_, aggregate, version);
        if (!state.ok()) return Fail{store_failure(state.error())};
        return aggregate_document(aggregate, *state);
    }

    ToolResult<Changed> compare(Changed changed) {
        const auto before = document(changed.aggregate, changed.before);
        if (!before.ok()) return Fail{before.error()};
        const auto after = document(changed.aggregate, changed.after);
        if (!after.ok()) return Fail{after.error()};
        changed.fields = field_changes(*before, *after);
        return changed;
    }

    sql::Session& session_;
    const Wish& wish_;
    domain::WorkspaceId workspace_;
    const std::vector<std::int64_t>& ends_;
};

void print_json(const Comparison& found) {
    std::string text;
    json::Writer out(text);
    out.begin_object()
        .field("workspace", found.workspace.text())
        .field("from", found.from)
        .field("to", found.to)
        .field("count", static_cast<std::int64_t>(found.count))
        .key("changed")
        .begin_array();
    for (const auto& one : found.shown) {
        out.begin_object()
            .field("aggregate", one.aggregate)
            .field("before", static_cast<std::int64_t>(one.before))
            .field("after", static_cast<std::int64_t>(one.after))
            .key("fields");
        write_changes(out, one.fields);
        out.end_object();
    }
    out.end_array().end_object();
    std::cout << text << "\n";
}

void print_text(const Comparison& found) {
    std::cout << found.workspace.text() << ", from " << found.from << " to " << found.to << ": "
              << found.count << " changed\n";
    for (const auto& one : found.shown) {
        std::cout << "\n"
                  << one.aggregate << " version " << one.before << " to " << one.after << "\n"
                  << change_lines(one.fields, "  ");
    }
    if (found.shown.size() < found.count)
        std::cout << "\n... and " << found.count - found.shown.size()
                  << " more; --limit shows more of them\n";
}

ToolResult<Comparison> compare(sql::Session& session, const std::string& workspace_name,
                               const Wish& wish, const std::vector<std::int64_t>& ends) {
    const auto workspace = workspace_in(session, {wish.question.about, workspace_name});
    if (!workspace.ok()) return Fail{workspace.error()};
    Comparer comparer(session, wish, *workspace, ends);
    return wish.question.about.empty() ? comparer.of_all() : comparer.of_one();
}

}  // namespace

int diff(const Settings& settings, const Question& question) {
    block_signals();
    const platform::SystemClock clock;
    const auto wish = read_wish(question, clock.now());
    if (!wish.ok()) return fail_with(wish.error());
    const auto place = tool_place(settings, clock);
    if (!place.ok()) return fail_with({not_finished, place.error()});
    const auto ends = journal_ends(*place->log);
    if (!ends.ok()) return fail_with(ends.error());
    std::optional<ToolResult<Comparison>> found;
    const auto done = place->store->transact(
        {sql::Access::lookup, std::nullopt}, [&](sql::Session& session) -> sql::Status {
            found = compare(session, settings.workspace, *wish, *ends);
            return domain::Done{};
        });
    if (found && !found->ok()) return fail_with(found->error());
    if (!done.ok()) return fail_with(store_failure(done.error()));
    if (settings.json)
        print_json(**found);
    else
        print_text(**found);
    return 0;
}

}  // namespace outlay::app
