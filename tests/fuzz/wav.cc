// Any octets as a WAV file: an administrator's file may be anything.
#include <cstdint>
#include <cstdlib>
#include <span>

#include "media/wav_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto audio = pbx::media::decode_wav(std::span(data, size));
  if (audio && audio->samples.size() > size) std::abort();
  if (audio && pbx::media::mono_of(*audio).size() != audio->frames()) std::abort();
  return 0;
}
