// Promise: who connects to a database over a network without verified TLS is told so, and a refusal
// is not taken for an absence.
#include <gtest/gtest.h>

#include "platform/postgres/trust.hpp"

namespace outlay::tests {
namespace {

struct Row {
    const char* url;
    const char* host;  // that nothing proves
};

TEST(PostgresTrust, knows_which_ways_lead_over_a_network_unverified) {
    constexpr Row table[] = {
        {"postgresql://me@db.example/outlay", "db.example"},
        {"postgresql://me@db.example/outlay?sslmode=require", "db.example"},
        {"postgresql://me@db.example/outlay?sslmode=verify-full&sslrootcert=/ca.crt", ""},
        {"postgresql://me@db.example/outlay?sslmode=verify-ca", ""},
        {"postgresql://me@localhost:5433/outlay", ""},
        {"postgresql://me@127.0.0.1/outlay", ""},
        {"postgresql://me@[::1]/outlay", ""},
        {"postgresql:///outlay", ""},
        {"postgresql://me@%2Frun%2Fpostgresql/outlay", ""},
        {"postgresql://me@localhost,db.example/outlay", "db.example"},
        {"host=10.0.0.7 dbname=outlay", "10.0.0.7"},
        {"host=localhost hostaddr=10.0.0.7 dbname=outlay", "10.0.0.7"},
        {"host=/run/postgresql dbname=outlay", ""},
        {"host=db.example sslmode=verify-full", ""}};
    for (const auto& row : table) {
        EXPECT_EQ(postgres::unproven_host(row.url), row.host) << row.url;
    }
}

TEST(PostgresTrust, tells_refusals_from_absences) {
    EXPECT_TRUE(postgres::is_refusal("FATAL:  password authentication failed for user \"me\""));
    EXPECT_TRUE(postgres::is_refusal("SSL error: certificate verify failed"));
    EXPECT_FALSE(postgres::is_refusal("connection to server failed: Connection refused"));
    EXPECT_FALSE(postgres::is_refusal("FATAL:  the database system is starting up"));
}

}  // namespace
}  // namespace outlay::tests
