#include "media/wav_file.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "media/g711.h"
#include "media/wav_writer.h"

namespace pbx::media {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes file_of(const WavFormat& format, const Bytes& data) {
  const auto header = WavWriter::header_for(format, data.size());
  Bytes out(header.bytes().begin(), header.bytes().end());
  out.insert(out.end(), data.begin(), data.end());
  return out;
}

void put(Bytes& out, std::string_view text) { out.insert(out.end(), text.begin(), text.end()); }
void put_chunk(Bytes& out, std::string_view name, const Bytes& body) {
  put(out, name);
  for (int shift = 0; shift < 32; shift += 8)
    out.push_back(static_cast<std::uint8_t>(body.size() >> shift));
  out.insert(out.end(), body.begin(), body.end());
  if (body.size() % 2 != 0) out.push_back(0);
}
Bytes riff(const std::vector<std::pair<std::string, Bytes>>& chunks) {
  Bytes out;
  put(out, "RIFF....WAVE");
  for (const auto& [name, body] : chunks) put_chunk(out, name, body);
  return out;
}

const Bytes kPcmFmt = {1, 0, 1, 0, 0x40, 0x1f, 0, 0, 0x80, 0x3e, 0, 0, 2, 0, 16, 0};

}  // namespace

TEST_CASE("samples are read in every encoding") {
  const auto pcm =
      decode_wav(file_of({WavEncoding::kPcm16, 1, 16000}, {1, 0, 0xff, 0xff, 0, 0x80}));
  REQUIRE(pcm);
  CHECK(pcm->samples == std::vector<std::int16_t>{1, -1, -32768});
  CHECK(pcm->format.sample_hz == 16000);
  const auto alaw = decode_wav(file_of({WavEncoding::kAlaw, 1, 8000}, {0xd5, 0x2a}));
  REQUIRE(alaw);
  CHECK(alaw->samples == std::vector<std::int16_t>{kAlawToLinear[0xd5], kAlawToLinear[0x2a]});
  const auto ulaw = decode_wav(file_of({WavEncoding::kUlaw, 1, 8000}, {0x00, 0xff}));
  REQUIRE(ulaw);
  CHECK(ulaw->samples == std::vector<std::int16_t>{-32124, 0});
}

TEST_CASE("stereo is taken apart or averaged without overflow") {
  const auto audio = decode_wav(file_of({WavEncoding::kPcm16, 2, 8000},
                                        {0xff, 0x7f, 0xff, 0x7f, 0, 0x80, 0, 0x80, 10, 0, 20, 0}));
  REQUIRE(audio);
  CHECK(audio->frames() == 3);
  CHECK(channel_of(*audio, 0) == std::vector<std::int16_t>{32767, -32768, 10});
  CHECK(channel_of(*audio, 1) == std::vector<std::int16_t>{32767, -32768, 20});
  CHECK(mono_of(*audio) == std::vector<std::int16_t>{32767, -32768, 15});
}

TEST_CASE("unknown chunks before the data are passed over, odd ones with their pad") {
  const Bytes file = riff({{"LIST", Bytes(7, 'x')},
                           {"fmt ", kPcmFmt},
                           {"cue ", Bytes(4, 1)},
                           {"data", {5, 0}},
                           {"LIST", Bytes(3, 'y')}});
  const auto audio = decode_wav(file);
  REQUIRE(audio);
  CHECK(audio->samples == std::vector<std::int16_t>{5});
}

TEST_CASE("an extensible header of a kind we read is accepted") {
  Bytes fmt = {0xfe, 0xff, 2, 0,  0x40, 0x1f, 0, 0, 0, 0x7d, 0, 0, 4,
               0,    16,   0, 22, 0,    16,   0, 3, 0, 0,    0, 1, 0};
  fmt.resize(40);
  const auto info = parse_wav(riff({{"fmt ", fmt}, {"data", Bytes(8)}}));
  REQUIRE(info);
  CHECK(info->format == WavFormat{WavEncoding::kPcm16, 2, 8000});
}

TEST_CASE("a data chunk that claims more than there is gives the whole frames that are there") {
  Bytes file = file_of({WavEncoding::kPcm16, 2, 8000}, Bytes(400));
  file.resize(file.size() - 3);
  const auto info = parse_wav(file);
  REQUIRE(info);
  CHECK(info->data_bytes == 396);
  for (std::size_t i = 40; i < 44; ++i) file[i] = 0xff;  // as some writers leave it
  CHECK(parse_wav(file)->data_bytes == 396);
}

TEST_CASE("what is no WAV file, or none of ours, is refused with the reason") {
  struct Row {
    Bytes file;
    core::ErrorCode code;
    const char* reason;
  };
  const auto with_fmt = [](std::size_t at, std::uint8_t value) {
    Bytes fmt = kPcmFmt;
    fmt[at] = value;
    return riff({{"fmt ", fmt}, {"data", Bytes(4)}});
  };
  const Row rows[] = {
      {{}, core::ErrorCode::kCorrupt, "not a WAV file"},
      {Bytes(100, 'R'), core::ErrorCode::kCorrupt, "not a WAV file"},
      {riff({}), core::ErrorCode::kCorrupt, "no fmt chunk"},
      {riff({{"fmt ", kPcmFmt}}), core::ErrorCode::kCorrupt, "no data chunk"},
      {riff({{"data", Bytes(4)}, {"fmt ", kPcmFmt}}), core::ErrorCode::kCorrupt, "data before fmt"},
      {riff({{"fmt ", Bytes(8)}}), core::ErrorCode::kCorrupt, "fmt chunk too short"},
      {with_fmt(0, 3), core::ErrorCode::kInvalidArgument, "format 3"},
      {with_fmt(14, 24), core::ErrorCode::kInvalidArgument, "24 bits"},
      {with_fmt(2, 6), core::ErrorCode::kInvalidArgument, "not 6"},
      {with_fmt(2, 0), core::ErrorCode::kInvalidArgument, "not 0"},
      {with_fmt(5, 0xff), core::ErrorCode::kInvalidArgument, "Hz"},
      {with_fmt(5, 0), core::ErrorCode::kInvalidArgument, "not 64"}};
  for (const Row& row : rows) {
    CAPTURE(row.reason);
    const auto info = parse_wav(row.file);
    REQUIRE_FALSE(info);
    CHECK(info.error().code == row.code);
    CHECK(info.error().detail.find(row.reason) != std::string::npos);
  }
}

TEST_CASE("a file of endless empty chunks ends after a bounded look") {
  Bytes file = riff({});
  for (int i = 0; i < 10'000; ++i) put_chunk(file, "junk", {});
  CHECK_FALSE(parse_wav(file));
}

TEST_CASE("no prefix of a file is read past its end") {
  const Bytes whole = file_of({WavEncoding::kAlaw, 2, 8000}, Bytes(64, 1));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<long>(size));
    const auto audio = decode_wav(cut);  // the sanitizers look on
    if (audio) CHECK(audio->samples.size() <= size);
  }
}

}  // namespace pbx::media
