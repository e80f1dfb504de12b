#include "api/bodies.h"

#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <fstream>

#include "tests/unit/api/fixture.h"

namespace pbx::api {
namespace {

std::string all_of(BodySource& source) {
  std::string all;
  for (;;) {
    const auto piece = source.next().value();
    if (!piece) return all;
    all += *piece;
  }
}

TEST_CASE("a line of CSV") {
  auto cdr = storage::test::sample_cdr(0xab);
  cdr.caller.name = "Smith, \"J\"";
  cdr.called.name = "=cmd()";
  cdr.recordings.push_back(core::RecordingId{0x56});
  CHECK(csv_line(cdr) ==
        "ab,2023-11-14T22:13:20.000Z,2023-11-14T22:13:22.000Z,2023-11-14T22:13:52.000Z,32.000,"
        "30.000,101,\"Smith, \"\"J\"\"\",102,102,'=cmd(),answered,caller,200,16,normal,4.25,"
        "55 56\r\n");
  const auto commas = [](const std::string& line) {
    return std::count(line.begin(), line.end(), ',');
  };
  call::Cdr bare;
  bare.id = core::CallId{1};
  CHECK(commas(csv_line(bare)) == commas(csv_header()));
}

TEST_CASE("exports give all rows over page borders") {
  const test::Fixture f;
  std::vector<storage::Item> items;
  for (std::uint64_t id = 100; id < 600; ++id)
    items.push_back(
        call::StoreCdr{storage::test::sample_cdr(id, static_cast<std::int64_t>(id) * 1000)});
  REQUIRE(f.db->write(items, storage::test::at(0)).has_value());

  const auto lines = all_of(*export_cdrs(f.reader, {}, ExportFormat::kJsonLines, 0));
  CHECK(std::count(lines.begin(), lines.end(), '\n') == 505);
  const auto csv = all_of(*export_cdrs(f.reader, {}, ExportFormat::kCsv, 0));
  CHECK(std::count(csv.begin(), csv.end(), '\n') == 506);
  const auto json = boost::json::parse(all_of(*export_cdrs(f.reader, {}, ExportFormat::kJson, 0)));
  CHECK(json.at("cdr").as_array().size() == 505);
}

TEST_CASE("exports keep to their limit and filter") {
  const test::Fixture f;
  const auto count = [&](storage::CdrFilter filter, std::uint64_t max) {
    const auto text =
        all_of(*export_cdrs(f.reader, std::move(filter), ExportFormat::kJsonLines, max));
    return std::count(text.begin(), text.end(), '\n');
  };
  CHECK(count({}, 3) == 3);
  CHECK(count({.number = "102"}, 0) == 5);
  CHECK(count({.number = "999"}, 0) == 0);
}

TEST_CASE("an export that finds little lets others have their turn") {
  const test::Fixture f;
  std::vector<storage::Item> items;
  for (std::uint64_t id = 10; id < 10 + storage::kScanMax; ++id) {
    call::Cdr cdr;
    cdr.id = core::CallId{id};
    cdr.started = storage::test::at(static_cast<std::int64_t>(id) * 1000);
    items.push_back(call::StoreCdr{cdr});
  }
  REQUIRE(f.db->write(items, storage::test::at(0)).has_value());
  const auto found =
      export_cdrs(f.reader, {.outcome = call::Outcome::kAnswered}, ExportFormat::kJsonLines, 0);
  CHECK(found->next().value().value().empty());  // 10 000 rows of failed calls
  const auto rest = found->next().value().value();
  CHECK(std::count(rest.begin(), rest.end(), '\n') == 5);
  CHECK_FALSE(found->next().value().has_value());
}

TEST_CASE("an export of nothing is still a document") {
  const test::Fixture f;
  const storage::CdrFilter none{.number = "999"};
  CHECK(all_of(*export_cdrs(f.reader, none, ExportFormat::kJson, 0)) == "{\"cdr\":[]}\n");
  CHECK(all_of(*export_cdrs(f.reader, none, ExportFormat::kCsv, 0)) == csv_header());
  CHECK(all_of(*export_cdrs(f.reader, none, ExportFormat::kJsonLines, 0)).empty());
}

TEST_CASE("a file is sent whole or in part") {
  const storage::test::TempDir dir;
  const auto path = dir.path() / "x.wav";
  std::string content;
  for (int i = 0; i < 200000; ++i) content += static_cast<char>(i % 251);
  std::ofstream(path, std::ios::binary) << content;
  const auto whole = file_response(path, "").value();
  CHECK(whole.status == 200);
  CHECK(whole.source_bytes == content.size());
  CHECK(all_of(*whole.source) == content);
  const auto part = file_response(path, "bytes=100-199999").value();
  CHECK(part.status == 206);
  CHECK(part.headers.at("Content-Range") == "bytes 100-199999/200000");
  CHECK(all_of(*part.source) == content.substr(100));
  const auto beyond = file_response(path, "bytes=200000-").value();
  CHECK(beyond.status == 416);
  CHECK(beyond.headers.at("Content-Range") == "bytes */200000");
  CHECK(file_response(dir.path() / "none.wav", "").error().code == core::ErrorCode::kNotFound);
  CHECK(file_response(dir.path(), "").error().code == core::ErrorCode::kNotFound);
}

TEST_CASE("a file that shrinks while it is sent ends the connection") {
  const storage::test::TempDir dir;
  const auto path = dir.path() / "x.wav";
  std::ofstream(path) << std::string(kFileChunk * 2, 'x');
  const auto response = file_response(path, "").value();
  REQUIRE(response.source->next().has_value());
  std::filesystem::resize_file(path, 10);
  CHECK_FALSE(response.source->next().has_value());
}

TEST_CASE("no recording leads out of its directory") {
  CHECK(recording_path("/rec", "2026/a.wav").value() == "/rec/2026/a.wav");
  for (const char* path : {"", "/etc/passwd", "../x", "a/../../x", "a/.."})
    CHECK_FALSE(recording_path("/rec", path).has_value());
}

}  // namespace
}  // namespace pbx::api
