// core/route/holidays.h — a calendar of holidays: whole days by the local date, each with a name.
//
// Pure value, immutable once made; schedules share it (shared_ptr<const HolidayCalendar>).  It is
// filled from an iCalendar file (icalendar.h) or from a list in the configuration.
//
// Bound: kHolidayDaysMax days; what comes after them, by date, is left out and `is_cut` says so.

#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace pbx::route {

inline constexpr std::size_t kHolidayDaysMax = 100'000;

struct Holiday {
  std::chrono::local_days day;
  std::string name;
  friend bool operator==(const Holiday&, const Holiday&) = default;
};

class HolidayCalendar {
 public:
  HolidayCalendar() = default;
  // In any order; of two on one day the first given counts.
  HolidayCalendar(std::string name, std::vector<Holiday> days)
      : name_(std::move(name)), days_(std::move(days)) {
    const auto by_day = [](const Holiday& a, const Holiday& b) { return a.day < b.day; };
    const auto same = [](const Holiday& a, const Holiday& b) { return a.day == b.day; };
    std::stable_sort(days_.begin(), days_.end(), by_day);
    days_.erase(std::unique(days_.begin(), days_.end(), same), days_.end());
    is_cut_ = days_.size() > kHolidayDaysMax;
    if (is_cut_) days_.resize(kHolidayDaysMax);
  }

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::vector<Holiday>& days() const { return days_; }
  [[nodiscard]] bool is_cut() const { return is_cut_; }

  // Null if `day` is no holiday.
  [[nodiscard]] const Holiday* find(std::chrono::local_days day) const {
    const auto earlier = [](const Holiday& a, std::chrono::local_days b) { return a.day < b; };
    const auto found = std::lower_bound(days_.begin(), days_.end(), day, earlier);
    return found != days_.end() && found->day == day ? &*found : nullptr;
  }

 private:
  std::string name_;
  std::vector<Holiday> days_;
  bool is_cut_ = false;
};

}  // namespace pbx::route
