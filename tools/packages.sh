#!/usr/bin/env bash
# Which Debian 12 packages the exchange needs, and the one way to install what is missing of them.
# Sourced by tools/start.sh and tools/test.sh.

run_packages=(espeak-ng ca-certificates openssl tzdata)
build_packages=(
  g++ cmake ninja-build pkg-config
  libsofia-sip-ua-dev libsrtp2-dev libopus-dev libspandsp-dev libgsm1-dev libspeexdsp-dev
  libsoxr-dev libyaml-cpp-dev liblmdb-dev libexpected-dev libspdlog-dev libfmt-dev libcli11-dev
  libboost1.81-dev libboost-json1.81-dev libssl-dev prometheus-cpp-dev libsystemd-dev
  libcurl4-openssl-dev libjemalloc-dev libhowardhinnant-date-dev doctest-dev
  libphonenumber8 libgeocoding8 libprotobuf-dev libicu-dev libabsl-dev
  libre2-dev
)
test_packages=(python3 sip-tester baresip-core sox clang libclang-rt-14-dev curl jq)

# install_missing PACKAGE...: does nothing, and needs no rights, when all are there.
install_missing() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
      missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  echo "Installing: ${missing[*]}"
  local as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends \
    "${missing[@]}" >/dev/null
}

# The headers of libphonenumber.  Its libphonenumber-dev asks for the Boost 1.74 packages, which
# shut out those of 1.81, though without I18N_PHONENUMBERS_USE_BOOST its headers use none of them:
# so the headers alone are taken out of the package, of the same version as the library, and put
# into /usr/local.  Does nothing, and needs no rights, when they are there.
install_phonenumber_headers() {
  [ -d /usr/include/phonenumbers ] || [ -d /usr/local/include/phonenumbers ] && return 0
  local work version as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  work=$(mktemp -d)
  version=$(dpkg-query -W -f='${Version}' libphonenumber8)
  echo "Installing: headers of libphonenumber-dev $version"
  (
    cd "$work"
    apt-get download -qq "libphonenumber-dev=$version" 2>/dev/null || {
      "${as_root[@]}" apt-get update -qq
      apt-get download -qq "libphonenumber-dev=$version"
    }
    dpkg-deb -x libphonenumber-dev_*.deb .
    "${as_root[@]}" cp -r usr/include/phonenumbers /usr/local/include/
  )
  rm -rf "$work"
}
