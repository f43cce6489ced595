#include "account/activities/activity_csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "account/activities/activity_readers.h"
#include "account/activities/table_rows.h"
#include "base/text.h"

namespace olivine {
namespace {

// https://owasp.org/www-community/attacks/CSV_Injection
constexpr std::string_view kFormulaStarts = "=+-@\t";

// A row is a line and a reader takes no spaces around a value: line ends within a text become spaces and the outer ones go
// before anything else is decided, so that what was written is written the same again once it has been read.
void add_text(std::string_view text, std::string& out) {
  text = trim(text);
  if (text.find_first_of("\r\n") != std::string_view::npos) {
    std::string line(text);
    std::replace_if(line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    return add_text(line, out);
  }
  out += ',';
  if (text.empty()) return;
  const bool guarded = kFormulaStarts.find(text.front()) != std::string_view::npos || text.front() == '\'';
  if (text.find_first_of(",\"") == std::string_view::npos) {
    if (guarded) out += '\'';
    out += text;
    return;
  }
  out += guarded ? "\"'" : "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void add_number(double value, std::string& out) {
  out += ',';
  if (!std::isnan(value)) fmt::format_to(std::back_inserter(out), "{}", value);
}

void add_time(std::int64_t utc_s, std::string& out) {
  const std::string text = format_utc({utc_s * 1'000'000'000});
  out.append(text, 0, 19);
  out += 'Z';
}

std::string_view unguarded(std::string_view text) {
  return text.size() > 1 && text.front() == '\'' ? text.substr(1) : text;
}

struct ActivityColumns {
  std::size_t begin = 0, end = 0;
  std::optional<std::size_t> hours, status, phase, zone, project, user, model, device, devices, cpus, memory, used,
      energy, plane, by, grams, row;
};

Result<ActivityColumns> columns_of(const TableRows& rows) {
  ActivityColumns c;
  OLIVINE_TRY(c.begin, rows.need({"begin"}));
  OLIVINE_TRY(c.end, rows.need({"end"}));
  for (const auto& [place, name] : {std::pair{&c.hours, "hours"},
                                    {&c.status, "status"},
                                    {&c.phase, "phase"},
                                    {&c.zone, "zone"},
                                    {&c.project, "project"},
                                    {&c.user, "user"},
                                    {&c.model, "model"},
                                    {&c.device, "device"},
                                    {&c.devices, "devices"},
                                    {&c.cpus, "cpus"},
                                    {&c.memory, "memory_gb"},
                                    {&c.used, "cpu_used"},
                                    {&c.energy, "energy_kwh"},
                                    {&c.plane, "plane"},
                                    {&c.by, "reported_by"},
                                    {&c.grams, "reported_gco2e"},
                                    {&c.row, "row"}})
    *place = rows.find({name});
  return c;
}

template <class T>
Status set_named(const TableRows& rows, const std::optional<std::size_t>& column, Result<T> (*named)(std::string_view),
                 T& out) {
  if (!column) return {};
  const auto value = named(rows.cell(*column));
  if (!value) return rows.bad(*column, rows.cell(*column), "is " + value.error().message);
  out = *value;
  return {};
}

Status set_numbers(const TableRows& rows, const ActivityColumns& c, Activity& a) {
  OLIVINE_TRY(a.hours, rows.amount(c.hours));
  OLIVINE_TRY(a.devices, rows.amount(c.devices));
  OLIVINE_TRY(a.cpus, rows.amount(c.cpus));
  OLIVINE_TRY(a.memory_gb, rows.amount(c.memory));
  OLIVINE_TRY(a.cpu_used, rows.amount(c.used));
  OLIVINE_TRY(a.energy_kwh, rows.amount(c.energy));
  OLIVINE_TRY(a.reported_gco2e, rows.number(c.grams));
  OLIVINE_CHECK_STATUS(set_named(rows, c.status, activity_status_from, a.status));
  OLIVINE_CHECK_STATUS(set_named(rows, c.plane, activity_plane_from, a.plane));
  OLIVINE_TRY(const double row, rows.amount(c.row));
  a.row = row >= 1.0 && row < 4e9 ? static_cast<std::uint32_t>(row) : static_cast<std::uint32_t>(rows.line());
  return {};
}

}  // namespace

std::string_view activity_csv_header() {
  return "begin,end,hours,status,phase,zone,project,user,model,device,devices,cpus,memory_gb,cpu_used,energy_kwh,plane,"
         "reported_by,reported_gco2e,row\n";
}

void append_activity_row(const Activity& a, std::string& out) {
  add_time(a.begin_s, out);
  out += ',';
  add_time(a.end_s, out);
  add_number(a.hours, out);
  add_text(name_of(a.status), out);
  for (const std::string_view text : {a.phase, a.zone, a.project, a.user, a.model, a.device}) add_text(text, out);
  for (const double value : {a.devices, a.cpus, a.memory_gb, a.cpu_used, a.energy_kwh}) add_number(value, out);
  add_text(name_of(a.plane), out);
  add_text(a.reported_by, out);
  add_number(a.reported_gco2e, out);
  fmt::format_to(std::back_inserter(out), ",{}\n", a.row);
}

bool write_activity_csv(const ActivityTable& table, const std::function<bool(std::string_view)>& write) {
  std::string text(activity_csv_header());
  for (std::size_t i = 0; i < table.size(); ++i) {
    append_activity_row(table.at(i), text);
    if (text.size() < 60'000) continue;
    if (!write(text)) return false;
    text.clear();
  }
  return write(text);
}

Status read_olivine_activities(ByteSource& source, ActivitySink& sink) {
  OLIVINE_TRY(TableRows rows, TableRows::open(source, ','));
  OLIVINE_TRY(const ActivityColumns c, columns_of(rows));
  for (;;) {
    OLIVINE_TRY(const bool more, rows.next());
    if (!more) break;
    sink.count_row(rows.line());
    Activity a;
    OLIVINE_TRY(a.begin_s, rows.time(c.begin, sink.options().offset_s.value_or(0)));
    OLIVINE_TRY(a.end_s, rows.time(c.end, sink.options().offset_s.value_or(0)));
    OLIVINE_CHECK_STATUS(set_numbers(rows, c, a));
    a.phase = unguarded(rows.cell(c.phase));
    a.zone = unguarded(rows.cell(c.zone));
    a.project = unguarded(rows.cell(c.project));
    a.user = unguarded(rows.cell(c.user));
    a.model = unguarded(rows.cell(c.model));
    a.device = unguarded(rows.cell(c.device));
    a.reported_by = unguarded(rows.cell(c.by));
    if (const std::string problem = activity_problem(a); !problem.empty())
      return rows.bad_line(problem + "; correct the row or take it out");
    OLIVINE_CHECK_STATUS(sink.take(a));
  }
  if (!rows.times_said_zone()) sink.note_local_times();
  return {};
}

}  // namespace olivine
