// What admission wants to know comes from what it said before.
#include "journal/prefix_judge.hpp"

namespace outlay::journal {

Judgement PrefixJudge::judge(const Record& record) {
    Wanted wanted;
    auto decoded = admission_.prepare(record, wanted);
    for (const auto& key : wanted.commands) admission_.learn_fate(key, fate(key));
    for (const auto& key : wanted.aggregates) {
        const auto known = heads_.find(key);
        admission_.learn_head(key, known == heads_.end() ? Head{} : known->second);
    }
    auto judgement = admission_.judge(record, std::move(decoded));
    keep(judgement);
    admission_.forget();
    return judgement;
}

CommandFate PrefixJudge::fate(const CommandKey& key) const {
    const auto known = fates_.find(key);
    return known == fates_.end() ? CommandFate::open : known->second;
}

void PrefixJudge::keep(const Judgement& judgement) {
    if (judgement.verdict == Verdict::closed_now) {
        const auto& close = std::get<Close>(judgement.decoded);
        fates_[{close.workspace, close.command}] = CommandFate::closed;
    }
    if (judgement.verdict != Verdict::admitted) return;
    const auto& commit = std::get<Commit>(judgement.decoded);
    fates_[{commit.workspace, commit.command}] = CommandFate::admitted;
    for (const auto& event : commit.events)
        heads_[{commit.workspace, event.aggregate}] = {event.version, event.hash};
}

}  // namespace outlay::journal
