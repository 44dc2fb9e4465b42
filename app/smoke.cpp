// `outlay smoke`: one expense through a running installation and out again, compared on its way. It
// ends voided, so that no sum is another one afterwards.
#include <chrono>
#include <cstdio>
#include <iostream>

#include "app/roles.hpp"
#include "app/signals.hpp"
#include "app/visitor.hpp"
#include "platform/clock.hpp"
#include "platform/hash.hpp"
#include "platform/json/writer.hpp"

namespace outlay::app {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int does_not_work = 1;
constexpr int no_answer = 3;
constexpr std::int64_t amount = 1234;

using Checked = domain::Status<Trouble>;

// What was done, for whoever watches.
struct Step {
    std::string what;
    std::int64_t millis = 0;
    std::string trouble;  // "" : it went well
};

class Smoke {
public:
    // `visitor` outlives it.
    Smoke(const Visitor& visitor, std::string workspace)
        : visitor_(visitor), workspace_(std::move(workspace)) {
        const platform::SystemClock clock;
        constexpr std::int64_t micros_per_milli = 1000;
        constexpr std::size_t day_letters = 10;
        run_ = platform::random_uuid_v7(clock.now().micros / micros_per_milli).text();
        day_ = clock.now().text().substr(0, day_letters);
    }

    // The exit status.
    int run() {
        const bool is_done = step("know the key", &Smoke::enter) &&
                             step("find a workspace", &Smoke::find_workspace) &&
                             step("record an expense", &Smoke::record) &&
                             step("read it back", &Smoke::read_back) &&
                             step("send it again", &Smoke::send_again) &&
                             step("find it in the report", &Smoke::find_in_report) &&
                             step("void it", &Smoke::void_it) &&
                             step("miss it in the report", &Smoke::miss_in_report);
        return is_done ? 0 : is_silence_ ? no_answer : does_not_work;
    }

    const std::vector<Step>& steps() const { return steps_; }
    const std::string& workspace() const { return workspace_; }

private:
    bool step(const char* what, Checked (Smoke::*work)()) {
        const auto began = Clock::now();
        const auto done = (this->*work)();
        const auto took =
            std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
        steps_.push_back({what, took.count(), done.ok() ? "" : done.error().sentence});
        if (!done.ok()) is_silence_ = done.error().is_silence;
        return done.ok();
    }

    static Checked compare(const std::string& what, const std::string& found,
                           const std::string& wanted) {
        if (found == wanted) return domain::Done{};
        return domain::Fail{Trouble{what + " is \"" + found + "\" instead of \"" + wanted + "\""}};
    }

    Checked enter() {
        const auto me = visitor_.get("/v1/me");
        if (!me.ok()) return domain::Fail{me.error()};
        return domain::Done{};
    }

    // Every run takes the same one, unless it is told another: its key never expires.
    Checked find_workspace() {
        if (!workspace_.empty()) {
            const auto there = visitor_.get("/v1/workspaces/" + workspace_);
            if (!there.ok()) return domain::Fail{there.error()};
            return domain::Done{};
        }
        const auto made = visitor_.post(
            "/v1/workspaces", R"({"name":"Smoke test","base_currency":"EUR","time_zone":"UTC"})",
            "outlay-smoke");
        if (!made.ok()) return domain::Fail{made.error()};
        workspace_ = text_of(&*made, "id");
        return domain::Done{};
    }

    Checked record() {
        const auto made = visitor_.post(path("/expenses"), body(), run_);
        if (!made.ok()) return domain::Fail{made.error()};
        expense_ = text_of(&*made, "id");
        return matches(*made);
    }

    Checked read_back() {
        const auto found = visitor_.get(path("/expenses/" + expense_));
        if (!found.ok()) return domain::Fail{found.error()};
        return matches(*found);
    }

    Checked send_again() {
        const auto again = visitor_.post(path("/expenses"), body(), run_);
        if (!again.ok()) return domain::Fail{again.error()};
        return compare("the id", text_of(&*again, "id"), expense_);
    }

    Checked find_in_report() { return compare_sum(std::to_string(amount)); }
    Checked miss_in_report() { return compare_sum("none"); }

    Checked void_it() {
        const auto voided = visitor_.remove(path("/expenses/" + expense_), run_ + "-void");
        if (!voided.ok()) return domain::Fail{voided.error()};
        return compare("the state", text_of(&*voided, "state"), "voided");
    }

    Checked matches(const json::Value& expense) const {
        const auto* const money = expense.find("amount");
        const auto* const number = money == nullptr ? nullptr : money->find("amount");
        const auto currency = text_of(money, "currency");
        const auto sum = number == nullptr ? "" : number->text();
        auto same = compare("the amount", sum + " " + currency, std::to_string(amount) + " EUR");
        if (same.ok()) same = compare("the day", text_of(&expense, "spent_on"), day_);
        if (same.ok()) same = compare("the merchant", text_of(&expense, "merchant"), merchant());
        if (same.ok()) same = compare("the state", text_of(&expense, "state"), "recorded");
        return same;
    }

    Checked compare_sum(const std::string& wanted) {
        const auto report =
            visitor_.get(path("/reports/spending?group_by=merchant&from=" + day_ + "&to=" + day_));
        if (!report.ok()) return domain::Fail{report.error()};
        std::string sum = "none";
        const auto* const rows = report->find("data");
        if (rows == nullptr) return domain::Fail{Trouble{"what answers there is not Outlay"}};
        for (const auto& row : rows->items()) {
            const auto* const money = row.find("amount");
            if (text_of(&row, "merchant") == merchant() && money != nullptr)
                sum = money->find("amount")->text();
        }
        return compare("the sum", sum, wanted);
    }

    std::string path(const std::string& below) const {
        return "/v1/workspaces/" + workspace_ + below;
    }
    std::string merchant() const { return "outlay smoke " + run_; }
    std::string body() const {
        std::string text;
        json::Writer out(text);
        out.begin_object().key("amount").begin_object();
        out.field("amount", amount).field("currency", "EUR").end_object();
        out.field("spent_on", day_).field("merchant", merchant()).end_object();
        return text;
    }

    const Visitor& visitor_;
    std::string workspace_;
    std::string run_;  // the id of this one
    std::string day_;
    std::string expense_{};
    std::vector<Step> steps_{};
    bool is_silence_ = false;
};

void print_json(const Smoke& smoke, int status) {
    std::string text;
    json::Writer out(text);
    out.begin_object().field("ok", status == 0).field("workspace", smoke.workspace());
    out.key("steps").begin_array();
    for (const auto& step : smoke.steps()) {
        out.begin_object()
            .field("what", step.what)
            .field("millis", step.millis)
            .field("trouble", step.trouble.empty() ? std::nullopt : std::optional(step.trouble))
            .end_object();
    }
    out.end_array().end_object();
    std::cout << text << "\n";
}

void print_table(const Smoke& smoke, int status) {
    for (const auto& step : smoke.steps())
        std::printf("%-24s %6lld ms  %s\n", step.what.c_str(), static_cast<long long>(step.millis),
                    step.trouble.empty() ? "ok" : step.trouble.c_str());
    if (status == 0) std::printf("%s works\n", smoke.workspace().c_str());
    std::fflush(stdout);
}

}  // namespace

int smoke(const Settings& settings) {
    block_signals();
    const auto key = read_api_key(settings.key_file);
    if (!key.ok()) return fail(key.error());
    const Visitor visitor({without_slash(settings.server_url), *key, settings.server_ca_file},
                          std::chrono::seconds(settings.timeout_s));
    Smoke run(visitor, settings.workspace);
    const auto status = run.run();
    if (settings.json)
        print_json(run, status);
    else
        print_table(run, status);
    return status;
}

}  // namespace outlay::app
