// Settings of all roles, as values. app/settings_table.cpp tells of each one that can be set by
// flag, OUTLAY_* variable or file; the others are arguments of single commands.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace outlay::app {

struct Address {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
};

struct Settings {
    std::string config_file;  // "" : none
    std::string listen = "127.0.0.1:8080";
    std::string tls_cert_file;  // of the listener, PEM; "" : plain HTTP
    std::string tls_key_file;
    std::string admin;  // "" : one above the main port; "off"; HOST:PORT
    unsigned io_threads = 2;
    int stream_heartbeat_s = 10;   // a stream without news says so that often
    int drain_delay_s = 0;         // an ending front goes on taking requests so long
    int drain_deadline_s = 20;     // ... and then waits so long for those that were taken
    std::string data_dir;          // of an embedded installation; "" : Kafka and PostgreSQL
    std::string root_secret_file;  // scale-out; embedded: <data>/root.secret
    std::string owner_key_file;    // where an owner's key is written
    std::string kafka_brokers;
    std::string kafka_topic = "outlay.journal.v1";
    bool kafka_tls = false;            // also without a file of authorities
    std::string kafka_ca_file;         // "" : the system's certificate authorities
    std::string kafka_cert_file;       // shown to the brokers; "" : none
    std::string kafka_key_file;        // ... its key
    std::string kafka_sasl_mechanism;  // "" : no login
    std::string kafka_sasl_username;
    std::string kafka_sasl_password;
    std::int32_t kafka_partitions = 16;
    std::int32_t kafka_replicas = 1;
    bool flush_each_message = false;
    std::string group = "outlay-projector";
    std::string instance;  // static membership; "" : made from host and process id
    std::string postgres_url;
    std::uint32_t access_log_every = 1;  // of the requests answered with 2xx; 0 : none
    std::string log_level = "info";
    bool log_text = false;
    bool json = false;
    bool markdown = false;           // config list
    std::string position;            // journal tail and cat: where to start
    std::string position_end;        // ... and before which record to end
    bool follow = false;             // journal tail: goes on as records arrive
    std::string pattern;             // journal grep: a regular expression
    std::string record_kind;         // journal tools: only records of this kind,
    std::string event_type;          // ... with an event of this type,
    std::string actor;               // ... by this member or user,
    std::string command;             // ... of this command
    std::string file;                // journal export and import
    bool unsealed = false;           // journal export: a copy of a journal that goes on
    bool dry_run = false;            // says what would be done, and changes nothing
    bool journal_only = false;       // verify: the journal's own word, without read models
    bool from_store = false;         // journal export: what the store kept of a lost journal
    bool rollback = false;           // rebuild: return to the generation before
    bool restart = false;            // rebuild: drop what an earlier one did not finish
    bool aside = false;              // rebuild: a generation for a look, never switched to
    bool drop = false;               // ... is dropped
    std::string projection;          // verify: only the tables of this one
    bool accept_difference = false;  // rebuild: switch, though rows differ
    std::int64_t records_per_s = 0;  // rebuild: at most; 0 : as fast as it goes
    std::string egress_allow;        // ranges that may be called although they are not public
    bool egress_http = false;        // plain http may be called
    std::string egress_ca_file;      // "" : the system's certificate authorities
    std::string channel_key;         // keys by comma or line; "" : derived from the root secret
    std::string smtp_url;            // "" : no mail is sent
    std::string smtp_from;           // the sender's address
    bool smtp_plain = false;         // without TLS where the server has none
    std::string smtp_name;           // by which the server is greeted; "" : of this machine
    std::string public_url;          // of the API as people reach it, for links in messages
    std::string retry_schedule = "5s,5m,30m,2h,5h,10h,14h,20h,24h";  // of deliveries
    std::string server_url;        // smoke, webhooks listen: of the API
    std::string key_file;          // ... of a member's API key
    std::string workspace;         // ... whose messages; journal tools: the only one
    std::string forward_url;       // ... where they are sent; "" : they are only shown
    std::string secret_file;       // ... of a channel's secret; "" : one of its own signs
    std::string events;            // ... which types; "" : all but changes
    std::string what;              // pause and resume: commands, projector or deliveries
    std::string reason;            // ... and journal skip: why
    std::int32_t partition = -1;   // ... of the projector; -1: all
    std::string record_hash;       // journal skip: of the record that is named
    std::string channel;           // deliveries: of this channel
    std::string since;             // ... from this time on
    std::vector<std::string> ids;  // ... these
    std::int64_t rows_max = 100;   // ... shown at most
    bool watch = false;            // lag: again and again
    std::string scratch_dir;       // where replays are kept meanwhile; "" : the system's place
    int reconcile_s = 30;  // between two workspaces that are compared with their events; 0: none
    bool list = false;     // admin owner-key: tells of those there are
    std::string role;      // config check: that is to start
    std::string server_ca_file;  // smoke: of the server; "" : the system's
    int timeout_s = 30;          // smoke: for all of it
};

}  // namespace outlay::app
