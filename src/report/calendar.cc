#include "report/calendar.h"

#include <fmt/core.h>

#include <cstdint>

namespace olivine {
namespace {

constexpr std::size_t kMostOctets = 75;

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) switch (c) {
      case '\\': out += "\\\\"; break;
      case ';': out += "\\;"; break;
      case ',': out += "\\,"; break;
      case '\n': out += "\\n"; break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) out += c;
    }
  return out;
}

// Not within a character: the bytes after its first are 10xxxxxx.
std::string folded(const std::string& line) {
  std::string out;
  std::size_t begin = 0, room = kMostOctets;
  while (line.size() - begin > room) {
    std::size_t end = begin + room;
    while (end > begin + 1 && (static_cast<unsigned char>(line[end]) & 0xc0U) == 0x80U) --end;
    out += line.substr(begin, end - begin) + "\r\n ";
    begin = end;
    room = kMostOctets - 1;  // the blank counts
  }
  return out + line.substr(begin) + "\r\n";
}

std::string stamp(WallTime t) {
  const std::string utc = format_utc(t);  // 2022-01-01T00:00:00.000Z
  return utc.substr(0, 4) + utc.substr(5, 2) + utc.substr(8, 3) + utc.substr(11, 2) + utc.substr(14, 2) +
         utc.substr(17, 2) + "Z";
}

std::uint64_t hash_of(const CalendarEvent& e) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a
  for (const char c : stamp(e.begin) + stamp(e.end) + e.summary + '\n' + e.location)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash;
}

}  // namespace

Result<std::string> calendar_text(const std::vector<CalendarEvent>& events, WallTime made) {
  std::string out = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Olivine//olivine plan//EN\r\nCALSCALE:GREGORIAN\r\n";
  for (const CalendarEvent& e : events) {
    if (e.end < e.begin)
      return fail(ErrorKind::kInvalid, fmt::format("an event from {} ends before that", format_utc(e.begin)));
    out += "BEGIN:VEVENT\r\n";
    out += folded(fmt::format("UID:{:016x}@olivine", hash_of(e)));
    out += folded("DTSTAMP:" + stamp(made));
    out += folded("DTSTART:" + stamp(e.begin));
    out += folded("DTEND:" + stamp(e.end));
    out += folded("SUMMARY:" + escaped(e.summary));
    if (!e.description.empty()) out += folded("DESCRIPTION:" + escaped(e.description));
    if (!e.location.empty()) out += folded("LOCATION:" + escaped(e.location));
    out += "END:VEVENT\r\n";
  }
  return out + "END:VCALENDAR\r\n";
}

}  // namespace olivine
