// The roles and tools of the one binary. Each returns the exit status: 0 well, 1 it failed (the
// reason is on standard error), 2 wrong usage.
#pragma once

#include "app/lifetime.hpp"
#include "app/settings.hpp"

namespace outlay::app {

inline constexpr int not_finished = 3;  // the same command goes on where it was

int serve(const Settings& settings,
          const ReadAgain& read_again);  // everything in one process on SQLite files
int run_api(const Settings& settings,
            const ReadAgain& read_again);  // HTTP front on Kafka and PostgreSQL
int run_worker(const Settings& settings,
               const ReadAgain& read_again);  // projector on Kafka and PostgreSQL
int migrate(const Settings& settings);        // schema of the store, first owner key
// What was applied to the store: 0 all of it, 1 something is missing, 3 it cannot be read.
int migrate_status(const Settings& settings);
// ... and as this program would apply it: 0 yes, 1 no, 3 it cannot be read.
int migrate_verify(const Settings& settings);
int topics_apply(const Settings& settings);  // makes the topic
int topics_check(const Settings& settings);
int status(const Settings& settings);  // 0 well, 1 a partition is halted
int lag(const Settings& settings);     // how far the projection is behind
int pause(const Settings& settings);   // commands, projector or deliveries, noted with a name
int resume(const Settings& settings);  // ... and again
int deliveries_dead(const Settings& settings);  // lists what was given up
// ... and sends it again: 0 done, 1 one that was named is unknown, 3 not finished.
int deliveries_requeue(const Settings& settings);
int journal_tail(const Settings& settings);   // prints the last records, and those that come
int journal_cat(const Settings& settings);    // prints records, those in which a pattern is found
int journal_stats(const Settings& settings);  // counts records, verdicts and events
// The journal's own proof: 0 well, 1 a position is bad, 3 it could not be read to the end.
int journal_verify(const Settings& settings);
// Facts into a file, and from a file into an empty journal: 0 done, 1 refused, 3 not finished.
int journal_skip(const Settings& settings);  // names a record that halts: 0, 1 refused, 3 unknown
int journal_export(const Settings& settings);
int journal_import(const Settings& settings);
// The store of an installation follows another journal than before.
int journal_adopt(const Settings& settings);
// Read models against a replay of the journal: 0 identical, 1 different, 3 could not be compared.
int verify(const Settings& settings);
// Read models anew beside the live ones, compared, and put in their place: 0 switched, 1 rows
// differ and nothing was switched, 3 not finished (the next one goes on).
int rebuild(const Settings& settings);
// The rows of one workspace put back to what follows from the journal: 0 they do, 1 rows differ
// (dry run), 3 not finished.
int repair(const Settings& settings);
// Texts that belong to channels, sealed anew with the first key: 0 all of them, 1 some open with no
// key, 3 not finished (the next one goes on).
int reseal(const Settings& settings);
// Keys of the installation's owner: those there are, one more, one instead of all: 0 done, 1 not.
int owner_keys(const Settings& settings);
int recover_owner(const Settings& settings);
// Tries a running installation out: 0 it works, 1 it does not, 3 it does not answer.
int smoke(const Settings& settings);
// Shows the messages of a workspace as they come, and forwards them to a program on this machine.
int webhooks_listen(const Settings& settings);

// Parses the command line and the environment and runs one of the above.
int run(int argc, char** argv);

}  // namespace outlay::app
