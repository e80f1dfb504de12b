#include "media/sound_library.h"

#include <fstream>

#include <fmt/format.h>

#include "media/resampler.h"
#include "media/tone.h"
#include "media/wav_file.h"

namespace pbx::media {
namespace {

constexpr std::chrono::milliseconds kDigitOn{120}, kDigitOff{80};

std::string file_name(char digit) {
  if (digit == '*') return "star.wav";
  if (digit == '#') return "pound.wav";
  if (digit == '+') return "plus.wav";
  return fmt::format("{}.wav", digit);
}

std::shared_ptr<const Clip> dtmf_clip(char digit) {
  auto clip = std::make_shared<Clip>();
  const auto spec = dtmf_tone(digit, kDigitOn, kDigitOff);
  if (!spec) return clip;
  ToneGenerator tone(*spec, clip->sample_hz);
  clip->samples.resize(clip->sample_hz * static_cast<std::size_t>((kDigitOn + kDigitOff).count()) /
                       1000);
  tone.fill(clip->samples);
  return clip;
}

}  // namespace

SoundLibrary::SoundLibrary(const SoundOptions& options) : options_(options) {
  if (!options.music.empty()) {
    if (auto file = clip(options.music); file && !(*file)->samples.empty())
      music_ = std::make_shared<Music>(Music{(*file)->sample_hz, (*file)->samples});
  }
  if (!music_) music_ = compose_music(kMusicHz);
}

core::Result<std::unique_ptr<Playback>> SoundLibrary::make(const call::PlaySource& source,
                                                           bool loop) {
  if (std::holds_alternative<call::PlayMusic>(source))
    return std::make_unique<Playback>(Playback::of_music());
  if (const auto* tone = std::get_if<call::PlayTone>(&source))
    return std::make_unique<Playback>(tone_of(tone->country, tone->tone), loop);
  if (const auto* spoken = std::get_if<call::PlayDigits>(&source)) return digits(*spoken, loop);
  const auto file = clip(std::get<call::PlayFile>(source).path);
  if (!file) return tl::unexpected(file.error());
  return std::make_unique<Playback>(ClipList{*file}, loop);
}

std::unique_ptr<Playback> SoundLibrary::digits(const call::PlayDigits& source, bool loop) {
  ClipList spoken, beeps;
  for (const char digit : source.digits) {
    const auto file =
        options_.prompts.empty()
            ? nullptr
            : clip(options_.prompts / source.language / file_name(digit)).value_or(nullptr);
    const auto beep = dtmf_clip(digit);
    if (file == nullptr && beep->samples.empty()) continue;  // neither can be said
    if (file != nullptr) spoken.push_back(file);
    beeps.push_back(beep);
  }
  // All spoken or none: a number half spoken, half beeped helps nobody.
  const bool all = spoken.size() == beeps.size();
  return std::make_unique<Playback>(all ? std::move(spoken) : std::move(beeps), loop);
}

core::Result<std::shared_ptr<const Clip>> SoundLibrary::clip(const std::filesystem::path& file) {
  const std::string name = file.string();
  if (const auto found = clips_.find(name); found != clips_.end()) return found->second;
  if (clips_.size() >= kClipsMax)
    return core::fail(core::ErrorCode::kLimitReached, "too many sound files");
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  if (!in) return core::fail(core::ErrorCode::kNotFound, name);
  const auto size = static_cast<std::size_t>(in.tellg());
  if (size > kFileBytesMax) return core::fail(core::ErrorCode::kLimitReached, name);
  std::vector<std::uint8_t> bytes(size);
  in.seekg(0);
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
  const auto audio = decode_wav(bytes);
  if (!audio) return tl::unexpected(audio.error());
  auto loaded = std::make_shared<Clip>(
      Clip{kClipHz, resample_whole(mono_of(*audio), audio->format.sample_hz, kClipHz)});
  return clips_.emplace(name, std::move(loaded)).first->second;
}

}  // namespace pbx::media
