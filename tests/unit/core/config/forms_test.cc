#include "core/config/forms.h"

#include <doctest/doctest.h>

using namespace pbx::config;
using namespace std::chrono_literals;

namespace {

// What is wrong, or "" for nothing.
template <class F>
std::string problem(const F& form, std::string_view text) {
  const auto parsed = form.read(text);
  return parsed ? "" : parsed.error();
}

// The text of the value that `text` stands for.
template <class F>
std::string rewritten(const F& form, std::string_view text) {
  const auto parsed = form.read(text);
  return parsed ? form.write(*parsed) : "refused: " + parsed.error();
}

}  // namespace

TEST_CASE("flags have three words for each side, in any case") {
  for (const char* yes : {"true", "yes", "on", "TRUE"}) CHECK(FlagForm{}.read(yes).value());
  for (const char* no : {"false", "no", "off", "Off"}) CHECK_FALSE(FlagForm{}.read(no).value());
  for (const char* bad : {"", "1", "y", "truely"}) {
    CHECK(problem(FlagForm{}, bad) == "is not true or false");
  }
}

TEST_CASE("numbers are whole and within their bounds") {
  const NumberForm form{.min = 5, .max = 10, .unit = "calls"};
  CHECK(form.read("5").value() == 5);
  CHECK(form.read("10").value() == 10);
  CHECK(problem(form, "4") == "is too small");
  CHECK(problem(form, "11") == "is too large");
  CHECK(problem(form, "4294967301") == "is too large");
  for (const char* bad : {"", "-6", "+6", "6.0", "6 ", "six", "0x6", "99999999999999999999"}) {
    CHECK(problem(form, bad) == "is not a whole number");
  }
  CHECK(form.allowed() == "5 to 10 calls");
}

TEST_CASE("zero is allowed outside of the bounds where it means something") {
  const NumberForm number{.min = 1, .max = 8, .zero = "automatic"};
  CHECK(number.read("0").value() == 0);
  CHECK(number.allowed() == "0 (automatic) or 1 to 8");
  const DurationForm duration{.min = 5s, .max = 1h, .zero = "never"};
  CHECK(duration.read("0").value() == 0s);
  CHECK(duration.read("0s").value() == 0s);
  CHECK(duration.allowed() == "0 (never) or 5s to 1h");
  CHECK(problem(DurationForm{.min = 5s, .max = 1h}, "0") == "is too short");
}

TEST_CASE("durations have a unit and are written in the largest that fits") {
  const DurationForm form{.min = 0ms, .max = 24h * 3650};
  struct Row {
    const char* text;
    Millis value;
    const char* written;
  };
  for (const Row& row :
       {Row{"500ms", 500ms, "500ms"}, Row{"30s", 30s, "30s"}, Row{"5m", 5min, "5m"},
        Row{"12h", 12h, "12h"}, Row{"7d", 168h, "7d"}, Row{"90s", 90s, "90s"},
        Row{"60s", 60s, "1m"}, Row{"1500ms", 1500ms, "1500ms"}, Row{"10S", 10s, "10s"},
        Row{"0", 0ms, "0"}}) {
    CAPTURE(row.text);
    REQUIRE(form.read(row.text).has_value());
    CHECK(form.read(row.text).value() == row.value);
    CHECK(form.write(row.value) == row.written);
  }
  for (const char* bad :
       {"", "s", "30", "30 s", "-1s", "1.5s", "1h30m", "5min", "99999999999999d"}) {
    CAPTURE(bad);
    CHECK(problem(form, bad).starts_with("is not a duration"));
  }
  CHECK(problem(form, "3651d") == "is too long");
}

TEST_CASE("sizes have a unit of 1000 or of 1024") {
  const SizeForm form{.min = 1, .max = 1'000'000'000'000'000};
  struct Row {
    const char* text;
    std::uint64_t value;
    const char* written;
  };
  for (const Row& row :
       {Row{"10MB", 10'000'000, "10MB"}, Row{"64KiB", 65'536, "64KiB"},
        Row{"2GB", 2'000'000'000, "2GB"}, Row{"1tib", 1ULL << 40, "1TiB"},
        Row{"1500B", 1'500, "1500B"}, Row{"5kb", 5'000, "5kB"}, Row{"1MiB", 1'048'576, "1MiB"}}) {
    CAPTURE(row.text);
    REQUIRE(form.read(row.text).has_value());
    CHECK(form.read(row.text).value() == row.value);
    CHECK(form.write(row.value) == row.written);
  }
  for (const char* bad : {"", "10", "10M", "MB", "1.5GB", "-1MB", "99999999999TB"}) {
    CAPTURE(bad);
    CHECK(problem(form, bad).starts_with("is not a size"));
  }
}

TEST_CASE("texts hold only what their place can carry") {
  struct Row {
    TextKind kind;
    const char* text;
    bool is_good;
  };
  for (const Row& row :
       {Row{TextKind::kLine, "Приёмная \"1\"", true}, Row{TextKind::kName, "pbx-1.example_x", true},
        Row{TextKind::kName, "a b", false}, Row{TextKind::kName, "ü", false},
        Row{TextKind::kRealm, "My home", true}, Row{TextKind::kRealm, "a\"b", false},
        Row{TextKind::kRealm, "a\\b", false}, Row{TextKind::kRealm, "ü", false},
        Row{TextKind::kDial, "+4930123", true}, Row{TextKind::kDial, "*43#", true},
        Row{TextKind::kDial, "12+3", false}, Row{TextKind::kDial, "a", false}}) {
    CAPTURE(row.text);
    CHECK(TextForm{.kind = row.kind}.read(row.text).has_value() == row.is_good);
  }
  CHECK(problem(TextForm{.min = 2}, "a") == "is too short");
  CHECK(problem(TextForm{.max = 2}, "abc") == "is too long");
}

TEST_CASE("relative paths begin at the directory of the file that says them") {
  const PathForm form{.keyword = "generated", .max = 30};
  CHECK(form.read("moh.wav", "/etc/strowger").value() == "/etc/strowger/moh.wav");
  CHECK(form.read("../moh.wav", "/etc/strowger").value() == "/etc/moh.wav");
  CHECK(form.read("/srv/moh.wav", "/etc").value() == "/srv/moh.wav");
  CHECK(form.read("moh.wav", "").value() == "moh.wav");
  CHECK(form.read("generated", "/etc").value().empty());
  CHECK(form.write({}) == "generated");
  CHECK(form.read("", "/etc").error() == "is empty");
  CHECK(form.read(std::string(31, 'a'), "").error() == "is too long");
}

TEST_CASE("words are found without case and a near one is suggested") {
  static constexpr std::array<std::pair<std::string_view, int>, 2> kWords{
      {{"pcmu", 1}, {"opus", 2}}};
  const WordForm form{kWords};
  CHECK(form.read("OPUS").value() == 2);
  CHECK(form.write(2) == "opus");
  CHECK(form.write(3).empty());
  CHECK(problem(form, "opsu") == "is not known, did you mean `opus`?");
  CHECK(problem(form, "mp3") == "is not known");
  CHECK(form.allowed() == "pcmu, opus");
}

TEST_CASE("an address is that of one host") {
  CHECK(rewritten(AddressForm{}, "192.0.2.1") == "192.0.2.1");
  CHECK(rewritten(AddressForm{}, "2001:db8::1") == "2001:db8::1");
  CHECK(problem(AddressForm{}, "::") == "is not the address of one host");
  CHECK(problem(AddressForm{}, "example.com") == "is not an IP address");
}

TEST_CASE("prefixes are read and written back") {
  CHECK(rewritten(PrefixForm{}, "10.0.0.0/8") == "10.0.0.0/8");
  CHECK(rewritten(PrefixForm{}, "192.0.2.7") == "192.0.2.7/32");
  CHECK(rewritten(PrefixForm{}, "fc00::/7") == "fc00::/7");
  CHECK(problem(PrefixForm{}, "10.0.0.0/33") == "is not an IP prefix");
}

TEST_CASE("listening addresses name transport, address and port") {
  for (const char* text :
       {"udp:0.0.0.0:5060", "tcp:192.0.2.1:5060", "tls:[::]:5061", "udp:127.0.0.1:0"}) {
    CHECK(rewritten(ListenForm{}, text) == text);
  }
  CHECK(ListenForm{}.read("TLS:[::1]:5061")->transport == Transport::kTls);
  for (const char* bad : {"", "udp", "udp:", "5060", "sctp:0.0.0.0:5060", "udp:0.0.0.0",
                          "udp:::5060x", "udp:host:5060", "udp:0.0.0.0:65536"}) {
    CAPTURE(bad);
    CHECK_FALSE(ListenForm{}.read(bad).has_value());
  }
}

TEST_CASE("the API listens on loopback or not at all") {
  CHECK(rewritten(LoopbackForm{}, "127.0.0.1:8080") == "127.0.0.1:8080");
  CHECK(rewritten(LoopbackForm{}, "[::1]:8080") == "[::1]:8080");
  CHECK(rewritten(LoopbackForm{}, "none") == "none");
  CHECK(problem(LoopbackForm{}, "192.0.2.1:8080") == "is not a loopback address");
  CHECK(problem(LoopbackForm{}, "127.0.0.1") == "is not an address with a port");
}

TEST_CASE("a range of RTP ports holds whole pairs and is not tiny") {
  CHECK(rewritten(PortRangeForm{}, "16384-32767") == "16384-32767");
  CHECK(rewritten(PortRangeForm{}, "20000-20099") == "20000-20099");
  CHECK(rewritten(PortRangeForm{}, "1024-65535") == "1024-65535");
  CHECK(problem(PortRangeForm{}, "20000-20097") == "is too small a range");
  CHECK(problem(PortRangeForm{}, "20001-30001") == "does not go from an even to an odd port");
  CHECK(problem(PortRangeForm{}, "1022-30001") == "begins too low");
  CHECK(problem(PortRangeForm{}, "30000-20001") == "ends before it begins");
  for (const char* bad : {"", "-", "20000", "20000-", "20000-70001", "a-b"}) {
    CHECK(problem(PortRangeForm{}, bad) == "is not a range of ports");
  }
}

TEST_CASE("code points have numbers and names") {
  CHECK(DscpForm{}.read("ef").value() == 46);
  CHECK(DscpForm{}.read("CS3").value() == 24);
  CHECK(DscpForm{}.read("af41").value() == 34);
  CHECK(DscpForm{}.read("63").value() == 63);
  CHECK(DscpForm{}.write(46) == "ef");
  CHECK(DscpForm{}.write(47) == "47");
  CHECK(problem(DscpForm{}, "64") == "is not a DSCP");
}

TEST_CASE("file modes are octal and leave the owner in") {
  CHECK(ModeForm{}.read("0660").value() == 0660);
  CHECK(ModeForm{}.write(0600) == "0600");
  for (const char* bad : {"", "660", "0o660", "0888", "01777", "-0660"}) {
    CHECK(problem(ModeForm{}, bad) == "is not an octal number");
  }
  CHECK(problem(ModeForm{}, "0440") == "shuts the owner out");
}

TEST_CASE("a password is generated or given, and never quoted in a refusal") {
  CHECK(PasswordForm{}.read("generate")->kind == PasswordKind::kGenerated);
  const auto given = PasswordForm{}.read("correct horse");
  CHECK(given->kind == PasswordKind::kPlain);
  CHECK(given->password.reveal() == "correct horse");
  CHECK(problem(PasswordForm{}, "short") == "is too short");
  CHECK(problem(PasswordForm{}, std::string(129, 'x')) == "is too long");
}

TEST_CASE("hashes are hexadecimal, of their length, and kept in lower case") {
  const HashForm form{32};
  CHECK(form.read("0123456789ABCDEF0123456789abcdef")->reveal() ==
        "0123456789abcdef0123456789abcdef");
  for (const char* bad :
       {"", "0123", "0123456789abcdef0123456789abcdeg", "0123456789abcdef0123456789abcdef00"}) {
    CHECK(problem(form, bad) == "is not such a hash");
  }
}
