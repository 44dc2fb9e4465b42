// Promise: what may be understood in two ways is refused, and everything sound is served; request
// by request as listed in data/http_requests.txt (conventions MSG-01 to 19, cpp.md 2.4).
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/contract/server_fixture.hpp"

namespace outlay::tests {
namespace {

struct Vector {
    std::string name;
    std::string request;
    std::vector<std::string> answers;  // "200 GET /echo"
    std::string end;                   // "open", "close", "close unannounced"
};

char unescaped(char letter) {
    switch (letter) {
        case 'r':
            return '\r';
        case 'n':
            return '\n';
        case 't':
            return '\t';
        case '0':
            return '\0';
        default:
            return letter;
    }
}

std::string decoded(std::string_view text);

// "\{TEXT*COUNT}", which may be nested, at `begin`.
std::string repeated(std::string_view text, std::size_t begin, std::size_t& end) {
    int depth = 1;
    end = begin + 2;
    for (; depth > 0; ++end) {
        if (text[end] == '{') ++depth;
        if (text[end] == '}') --depth;
    }
    const std::string_view inner = text.substr(begin + 2, end - begin - 3);
    const std::size_t star = inner.rfind('*');
    const std::string piece = decoded(inner.substr(0, star));
    std::string result;
    for (int left = std::stoi(std::string(inner.substr(star + 1))); left > 0; --left)
        result += piece;
    return result;
}

std::string decoded(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            result += text[i];
        } else if (text[i + 1] == 'x') {
            result += static_cast<char>(std::stoi(std::string(text.substr(i + 2, 2)), nullptr, 16));
            i += 3;
        } else if (text[i + 1] == '{') {
            std::size_t end = 0;
            result += repeated(text, i, end);
            i = end - 1;
        } else {
            result += unescaped(text[++i]);
        }
    }
    return result;
}

std::vector<Vector> read_vectors() {
    std::ifstream file(OUTLAY_SOURCE_DIR "/tests/contract/data/http_requests.txt");
    std::vector<Vector> vectors;
    std::string line;
    while (std::getline(file, line)) {
        if (line.starts_with("== ")) vectors.push_back({line.substr(3), {}, {}, {}});
        if (line.starts_with("> ")) vectors.back().request += decoded(line.substr(2));
        if (line.starts_with("< open") || line.starts_with("< close")) {
            vectors.back().end = line.substr(2);
        } else if (line.starts_with("< ")) {
            vectors.back().answers.push_back(line.substr(2));
        }
    }
    return vectors;
}

void PrintTo(const Vector& vector, std::ostream* out) {
    *out << vector.name;
}

class ServerVector : public testing::TestWithParam<Vector> {
protected:
    static void SetUpTestSuite() { server = std::make_unique<TestServer>(); }
    static void TearDownTestSuite() { server.reset(); }
    static std::unique_ptr<TestServer> server;
};
std::unique_ptr<TestServer> ServerVector::server;

void expect_answer(const std::optional<Answer>& answer, std::string_view expected) {
    ASSERT_TRUE(answer.has_value()) << "no answer where was expected " << expected;
    EXPECT_TRUE(answer->is_whole);
    EXPECT_EQ(std::to_string(answer->status), expected.substr(0, 3))
        << answer->head << answer->body;
    const std::string wanted = decoded(expected.substr(4));
    if (wanted == "-") {
        EXPECT_EQ(answer->body, "");
    } else if (answer->status < 400) {
        EXPECT_EQ(answer->body.substr(0, wanted.size()), wanted);
    } else {
        EXPECT_EQ(answer->fields.at("content-type"), "application/problem+json");
        EXPECT_NE(answer->body.find("\"code\":\"" + wanted + "\""), std::string::npos)
            << answer->body;
    }
}

TEST_P(ServerVector, is_answered_as_listed) {
    RawClient client(server->port());
    client.send(GetParam().request);
    std::optional<Answer> last;
    for (const std::string& expected : GetParam().answers) {
        last = client.answer();
        expect_answer(last, expected);
    }
    if (GetParam().end != "open") {
        EXPECT_EQ(last && last->fields["connection"] == "close", GetParam().end == "close");
        EXPECT_TRUE(client.is_closed());
        return;
    }
    client.send("GET /echo?again HTTP/1.1\r\nHost: z\r\n\r\n");
    expect_answer(client.answer(), "200 GET /echo ?again= host=z fields=1\\n");
}

INSTANTIATE_TEST_SUITE_P(Requests, ServerVector, testing::ValuesIn(read_vectors()),
                         [](const auto& parameter) { return parameter.param.name; });

}  // namespace
}  // namespace outlay::tests
