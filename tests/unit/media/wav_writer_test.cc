#include "media/wav_writer.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "media/wav_file.h"

namespace pbx::media {
namespace {

using namespace std::chrono_literals;
using Bytes = std::vector<std::uint8_t>;

// A file in memory that does what the writer says.
struct File {
  WavWriter writer;
  Bytes bytes;

  explicit File(const WavFormat& format) : writer(format) {
    const auto header = writer.header();
    bytes.assign(header.bytes().begin(), header.bytes().end());
  }
  void append(std::size_t count) {
    bytes.resize(bytes.size() + count, 0x55);
    writer.appended(count);
  }
  void patch() {
    for (const WavWriter::Patch& patch : writer.patches())
      std::copy(patch.bytes.begin(), patch.bytes.end(), bytes.begin() + patch.offset);
  }
};

const WavFormat kPcm{WavEncoding::kPcm16, 2, 8000};
const WavFormat kAlaw{WavEncoding::kAlaw, 2, 8000};

}  // namespace

TEST_CASE("the header of a PCM file, octet by octet") {
  const auto header = WavWriter::header_for(kPcm, 640);
  const Bytes expected = {'R', 'I', 'F', 'F', 0xa4, 2, 0,   0,   'W', 'A', 'V', 'E', 'f', 'm', 't',
                          ' ', 16,  0,   0,   0,    1, 0,   2,   0,   64,  31,  0,   0,   0,   125,
                          0,   0,   4,   0,   16,   0, 'd', 'a', 't', 'a', 128, 2,   0,   0};
  CHECK(Bytes(header.bytes().begin(), header.bytes().end()) == expected);
}

TEST_CASE("the header of an A-law file has an extended fmt and a fact chunk") {
  const auto header = WavWriter::header_for(kAlaw, 320);
  const Bytes expected = {
      'R', 'I', 'F', 'F', 0x72, 1,  0,   0, 'W', 'A', 'V', 'E', 'f', 'm', 't', ' ', 18, 0, 0,   0,
      6,   0,   2,   0,   64,   31, 0,   0, 128, 62,  0,   0,   2,   0,   8,   0,   0,  0, 'f', 'a',
      'c', 't', 4,   0,   0,    0,  160, 0, 0,   0,   'd', 'a', 't', 'a', 64,  1,   0,  0};
  CHECK(Bytes(header.bytes().begin(), header.bytes().end()) == expected);
}

TEST_CASE("a growing file is a valid one after each patch") {
  for (const WavFormat& format : {kPcm, kAlaw}) {
    File file(format);
    REQUIRE(parse_wav(file.bytes));
    CHECK(parse_wav(file.bytes)->data_bytes == 0);
    for (int i = 1; i <= 5; ++i) {
      file.append(4000);
      file.patch();
      const auto info = parse_wav(file.bytes);
      REQUIRE(info);
      CHECK(info->data_bytes == 4000u * static_cast<unsigned>(i));
      CHECK(info->format == format);
      const auto whole = WavWriter::header_for(format, file.writer.data_bytes());
      CHECK(std::equal(whole.bytes().begin(), whole.bytes().end(), file.bytes.begin()));
    }
  }
}

TEST_CASE("a crash between append and patch leaves a file that plays up to the last patch") {
  File file(kPcm);
  file.append(32000);
  file.patch();
  file.append(1234);
  const auto info = parse_wav(file.bytes);
  REQUIRE(info);
  CHECK(info->data_bytes == 32000);
}

TEST_CASE("repair reclaims whole frames from the file's length") {
  struct Row {
    std::uint64_t file_bytes, data_bytes;
  };
  for (const Row& row : {Row{44 + 4003, 4000}, Row{44, 0}, Row{10, 0}, Row{47, 0}, Row{48, 4}}) {
    const auto header = WavWriter::repaired_header(kPcm, row.file_bytes);
    const auto expected = WavWriter::header_for(kPcm, row.data_bytes);
    CHECK(header.array == expected.array);
  }
}

TEST_CASE("a patch is due after five seconds of audio") {
  WavWriter writer(kAlaw);
  writer.appended(5 * 16000 - 2);
  CHECK_FALSE(writer.is_patch_due());
  writer.appended(2);
  CHECK(writer.is_patch_due());
  (void)writer.patches();
  CHECK_FALSE(writer.is_patch_due());
  CHECK(writer.duration() == 5s);
}

TEST_CASE("audio of odd length is padded and the sizes say so") {
  const WavFormat mono{WavEncoding::kAlaw, 1, 8000};
  WavWriter writer(mono);
  writer.appended(161);
  CHECK(writer.padding().size() == 1);
  const auto header = WavWriter::header_for(mono, 161);
  CHECK(header.array[4] == 50 + 162);  // RIFF counts the pad
  CHECK(header.array[54] == 161);      // data does not
  writer.appended(1);
  CHECK(writer.padding().empty());
}

TEST_CASE("a file ends before its sizes overflow") {
  WavWriter writer(kPcm);
  CHECK(writer.room() == WavWriter::kDataBytesMax);
  writer.appended(writer.room());
  CHECK(writer.room() == 0);
  CHECK(writer.duration() > 37h);
  const auto repaired = WavWriter::repaired_header(kPcm, std::uint64_t{1} << 40);
  CHECK(repaired.array[7] == 0xff);  // clamped, not wrapped
}

}  // namespace pbx::media
