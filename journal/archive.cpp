// The lines: a head, an entry per record, an end. Sums are SHA-256 in hex; an entry shows the first
// digits of the sum up to it.
#include "journal/archive.hpp"

#include "platform/json/writer.hpp"

namespace outlay::journal {

namespace {

using domain::Done;
using domain::Fail;
using json::Kind;

constexpr std::size_t shown_digits = 16;
constexpr std::string_view mark = "outlay_journal_export";

std::string next_sum(std::string_view sum, std::string_view text) {
    return record_hash(std::string(sum) + "\n" + std::string(text));
}

std::string entry_text(const ArchiveEntry& entry) {
    return entry.origin.journal + "\n" + entry.origin.position.text() + "\n" +
           entry.origin.appended_at.text() + "\n" + entry.record;
}

std::string end_text(const ArchiveEnd& end) {
    std::string text = "end " + std::to_string(end.records);
    for (const auto& position : end.ends) text += "\n" + position.text();
    for (const auto& workspace : end.sealed) text += "\n" + workspace.text();
    return text;
}

std::string text_in(const json::Value& object, std::string_view name) {
    const auto* value = object.find(name);
    return value && value->kind() == Kind::string ? value->text() : std::string();
}

std::int64_t count_in(const json::Value& object, std::string_view name) {
    const auto* value = object.find(name);
    const auto number = value && value->kind() == Kind::number ? value->integer() : std::nullopt;
    return number.value_or(-1);
}

std::optional<ArchiveEntry> entry_of(const json::Value& line) {
    const auto* origin = line.find("origin");
    const auto* record = line.find("record");
    if (!origin || origin->kind() != Kind::object || !record || record->kind() != Kind::object)
        return std::nullopt;
    const auto position = Position::parse(text_in(*origin, "position"));
    const auto appended_at = domain::Instant::parse(text_in(*origin, "appended_at"));
    if (!position || !appended_at) return std::nullopt;
    return ArchiveEntry{{text_in(*origin, "journal"), *position, *appended_at},
                        std::string(record->raw())};
}

std::optional<ArchiveEnd> end_of(const json::Value& line) {
    const auto* object = line.find("end");
    if (!object || object->kind() != Kind::object) return std::nullopt;
    const auto* ends = object->find("ends");
    const auto* sealed = object->find("sealed");
    if (!ends || !sealed) return std::nullopt;
    ArchiveEnd end;
    end.records = count_in(*object, "records");
    for (const auto& item : ends->items()) {
        const auto position = Position::parse(item.text());
        if (!position) return std::nullopt;
        end.ends.push_back(*position);
    }
    for (const auto& item : sealed->items()) {
        const auto workspace = domain::WorkspaceId::parse(item.text());
        if (!workspace) return std::nullopt;
        end.sealed.push_back(*workspace);
    }
    return end;
}

}  // namespace

domain::Status<std::string> ArchiveWriter::begin(const ArchiveHead& head) {
    std::string line;
    json::Writer out(line);
    out.begin_object()
        .field(mark, archive_version)
        .field("journal", head.journal)
        .field("partitions", std::int64_t{head.partitions})
        .field("workspace", head.workspace ? std::optional(head.workspace->text()) : std::nullopt)
        .field("sealed", head.is_sealed)
        .field("made_at", head.made_at.text())
        .end_object();
    sum_ = record_hash(line);
    return sink_.write(line);
}

domain::Status<std::string> ArchiveWriter::add(const ArchiveEntry& entry) {
    // White space between its tokens is part of its bytes, and a line is a line.
    if (entry.record.find_first_of("\r\n") != std::string::npos)
        return Fail{"record " + entry.origin.position.text() + " has line breaks in its JSON"};
    sum_ = next_sum(sum_, entry_text(entry));
    ++records_;
    std::string line;
    line.reserve(entry.record.size() + 200);
    json::Writer out(line);
    out.begin_object()
        .field("sum", std::string_view(sum_).substr(0, shown_digits))
        .key("origin")
        .begin_object()
        .field("journal", entry.origin.journal)
        .field("position", entry.origin.position.text())
        .field("appended_at", entry.origin.appended_at.text())
        .end_object()
        .key("record")
        .raw(entry.record)
        .end_object();
    return sink_.write(line);
}

domain::Result<std::string, std::string> ArchiveWriter::finish(ArchiveEnd end) {
    end.records = records_;
    sum_ = next_sum(sum_, end_text(end));
    std::string line;
    json::Writer out(line);
    out.begin_object().field("sum", sum_).key("end").begin_object().field("records", end.records);
    out.key("ends").begin_array();
    for (const auto& position : end.ends) out.string(position.text());
    out.end_array().key("sealed").begin_array();
    for (const auto& workspace : end.sealed) out.string(workspace.text());
    out.end_array().end_object().end_object();
    auto written = sink_.write(line);
    if (written.ok()) written = sink_.finish();
    if (!written.ok()) return Fail{written.error()};
    return sum_;
}

domain::Result<ArchiveHead, std::string> ArchiveReader::begin() {
    if (const auto rewound = source_.rewind(); !rewound.ok()) return Fail{rewound.error()};
    records_ = 0;
    last_.reset();
    const auto first = source_.next();
    if (!first.ok()) return Fail{first.error()};
    const auto parsed = json::parse(*first ? **first : std::string());
    if (!parsed.ok() || parsed->kind() != Kind::object || !parsed->find(mark))
        return Fail{std::string("this is no export of a journal, or its first line is damaged")};
    const auto version = count_in(*parsed, mark);
    if (version != archive_version)
        return Fail{"the export has format " + std::to_string(version) + ", this program knows " +
                    std::to_string(archive_version)};
    sum_ = record_hash(**first);
    ArchiveHead head;
    head.journal = text_in(*parsed, "journal");
    head.partitions = static_cast<std::int32_t>(count_in(*parsed, "partitions"));
    const auto* workspace = parsed->find("workspace");
    const auto* sealed = parsed->find("sealed");
    if (workspace && !workspace->is_null())
        head.workspace = domain::WorkspaceId::parse(workspace->text());
    const auto made_at = domain::Instant::parse(text_in(*parsed, "made_at"));
    if (!made_at || !sealed || !workspace || (!workspace->is_null() && !head.workspace))
        return Fail{std::string("the first line of the export is damaged")};
    head.is_sealed = sealed->boolean();
    head.made_at = *made_at;
    return head;
}

// Where the reader stands, for errors: the first record that is not known to be good.
std::string ArchiveReader::place() const {
    const auto number = "record " + std::to_string(records_ + 1) + " of the export";
    return last_ ? number + ", the one after " + last_->text() : number;
}

domain::Result<std::string, std::string> ArchiveReader::line() {
    auto read = source_.next();
    if (!read.ok()) return Fail{place() + ": " + read.error()};
    if (!*read) return Fail{place() + ": the export is cut short"};
    return std::move(**read);
}

domain::Result<std::optional<ArchiveEntry>, std::string> ArchiveReader::next() {
    const auto text = line();
    if (!text.ok()) return Fail{text.error()};
    const auto parsed = json::parse(*text);
    if (!parsed.ok() || parsed->kind() != Kind::object) return Fail{place() + " is damaged"};
    if (parsed->find("end")) {
        const auto closed = close(*parsed);
        if (!closed.ok()) return Fail{closed.error()};
        return std::optional<ArchiveEntry>{};
    }
    auto entry = entry_of(*parsed);
    if (!entry) return Fail{place() + " is damaged"};
    auto sum = next_sum(sum_, entry_text(*entry));
    if (text_in(*parsed, "sum") != sum.substr(0, shown_digits)) {
        return Fail{place() + " (" + entry->origin.position.text() +
                    "): it was changed, or does not follow the one before"};
    }
    sum_ = std::move(sum);
    ++records_;
    last_ = entry->origin.position;
    return entry;
}

domain::Status<std::string> ArchiveReader::close(const json::Value& line) {
    auto end = end_of(line);
    if (!end) return Fail{place() + ": the last line is damaged"};
    if (end->records != records_ || text_in(line, "sum") != next_sum(sum_, end_text(*end)))
        return Fail{place() + ": records are missing, or the last line was changed"};
    end_ = std::move(*end);
    end_.sum = text_in(line, "sum");
    const auto more = source_.next();
    if (!more.ok()) return Fail{"behind the end of the export: " + more.error()};
    if (*more) return Fail{std::string("something follows the end of the export")};
    return Done{};
}

}  // namespace outlay::journal
