// Google Cloud's billing export, as CSV (columns service.description or service_description, ...) or as JSON lines, the two forms
// in which BigQuery hands tables out.
//
// Compute Engine bills a machine in parts: cores, memory, GPUs, each a line of its own. A line is an activity that holds one
// of them. Commitments, licences, premiums, taxes and adjustments are money for hardware that has its own lines and are skipped.
#include <fmt/core.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "account/activities/activity_readers.h"
#include "account/activities/table_rows.h"
#include "base/text.h"

namespace olivine {
namespace {

struct BillLine {
  std::string service, sku, cost_type, unit, region, project, start, end;
  double amount = kNotSaid;
  std::size_t line = 0;
};

bool has_word(const std::string& text, std::string_view word) { return text.find(word) != std::string::npos; }

tl::unexpected<Error> bad_line(const BillLine& bill, std::string_view column, std::string_view value,
                               std::string_view why) {
  return fail(ErrorKind::kInvalid,
              fmt::format("line {}, column {}: '{}' {}", bill.line, column, shown_value(value), why));
}

// "Nvidia Tesla A100 GPU running in Americas" -> "Nvidia Tesla A100"
std::string gpu_named(std::string_view sku) {
  std::string_view name = sku.substr(0, sku.find(" GPU"));
  for (const std::string_view start : {"Spot Preemptible ", "Preemptible ", "Spot "})
    if (name.starts_with(start)) name.remove_prefix(start.size());
  return std::string(name);
}

// Amount in hours (or GB hours); absent when the unit is another one.
std::optional<double> hours_of(const BillLine& bill, bool memory) {
  const std::string unit = to_lower(bill.unit);
  if (memory) {
    if (unit == "byte-seconds") return bill.amount / 1e9 / 3600.0;
    if (unit == "gibibyte hour") return bill.amount * 1.073741824;
    return std::nullopt;
  }
  if (unit == "seconds" || unit == "second" || unit == "s") return bill.amount / 3600.0;
  if (unit == "hour" || unit == "hours" || unit == "h") return bill.amount;
  return std::nullopt;
}

class BillReader {
 public:
  explicit BillReader(ActivitySink& sink) : sink_(sink) {}
  Status take(const BillLine& bill);

 private:
  Status skip(std::string_view why, const BillLine& bill) {
    sink_.skip(why, bill.line);
    return {};
  }
  Result<std::int64_t> time(const BillLine& bill, const std::string& text, std::string_view column);
  ActivitySink& sink_;
  TimeParser times_;
};

Result<std::int64_t> BillReader::time(const BillLine& bill, const std::string& text, std::string_view column) {
  std::string whole = text;
  if (const std::size_t point = text.find('.'); point != std::string::npos) {
    std::size_t end = point + 1;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    whole = text.substr(0, point) + text.substr(end);
  }
  const auto parsed = times_.parse(whole);
  if (!parsed) return bad_line(bill, column, text, "is not a time: write it as 2025-08-01T00:00:00Z");
  return parsed->utc_s;
}

Status BillReader::take(const BillLine& bill) {
  if (!bill.cost_type.empty() && bill.cost_type != "regular")
    return skip("a tax, adjustment or rounding: money, no hours", bill);
  if (bill.service != "Compute Engine")
    return skip("another service than Compute Engine: its hardware is not known", bill);
  for (const std::string_view word : {"Commitment", "Licens", "Premium", "Suspended"})
    if (has_word(bill.sku, word))
      return skip("a commitment, licence or premium: the hardware has lines of its own", bill);
  const bool gpu = has_word(bill.sku, " GPU"), memory = has_word(bill.sku, " Ram "),
             core = has_word(bill.sku, " Core ") || has_word(bill.sku, " CPU ");
  if (!gpu && !memory && !core) return skip("no cores, memory or GPUs (disks, traffic, addresses)", bill);
  if (std::isnan(bill.amount)) return bad_line(bill, "usage.amount", "", "is no number");
  if (bill.amount < 0.0) return bad_line(bill, "usage.amount", fmt::format("{}", bill.amount), "is below zero");
  const auto hours = hours_of(bill, memory && !gpu);
  if (!hours)
    return bad_line(bill, "usage.unit", bill.unit,
                    memory && !gpu ? "is not byte-seconds or gibibyte hour" : "is not seconds or hour");
  if (*hours == 0.0) return skip("no hours were used", bill);
  Activity a;
  OLIVINE_TRY(a.begin_s, time(bill, bill.start, "usage_start_time"));
  OLIVINE_TRY(a.end_s, time(bill, bill.end, "usage_end_time"));
  if (a.end_s <= a.begin_s)
    return bad_line(bill, "usage_end_time", bill.end, "does not lie after the start of the usage");
  a.hours = static_cast<double>(a.end_s - a.begin_s) / 3600.0;
  const double held = *hours / a.hours;
  const std::string device = gpu ? gpu_named(bill.sku) : "";
  if (gpu) {
    a.device = device;
    a.devices = held;
  } else {
    (memory ? a.memory_gb : a.cpus) = held;
  }
  a.project = bill.project;
  const std::string zone = sink_.zone_of_region("gcp", bill.region);
  a.zone = zone;
  a.row = static_cast<std::uint32_t>(bill.line);
  return sink_.take(a);
}

Status read_csv(ByteSource& source, ActivitySink& sink) {
  OLIVINE_TRY(TableRows rows, TableRows::open(source, ','));
  OLIVINE_TRY(const std::size_t service, rows.need({"service.description", "service_description"}));
  OLIVINE_TRY(const std::size_t sku, rows.need({"sku.description", "sku_description"}));
  OLIVINE_TRY(const std::size_t amount, rows.need({"usage.amount", "usage_amount"}));
  OLIVINE_TRY(const std::size_t unit, rows.need({"usage.unit", "usage_unit"}));
  OLIVINE_TRY(const std::size_t start, rows.need({"usage_start_time"}));
  OLIVINE_TRY(const std::size_t end, rows.need({"usage_end_time"}));
  const auto region = rows.find({"location.region", "location_region"}),
             project = rows.find({"project.id", "project_id"}), cost_type = rows.find({"cost_type"});
  BillReader reader(sink);
  for (;;) {
    OLIVINE_TRY(const bool more, rows.next());
    if (!more) return {};
    sink.count_row(rows.line());
    BillLine bill;
    bill.line = rows.line();
    bill.service = rows.cell(service);
    bill.sku = rows.cell(sku);
    bill.cost_type = rows.cell(cost_type);
    bill.unit = rows.cell(unit);
    bill.region = rows.cell(region);
    bill.project = rows.cell(project);
    bill.start = rows.cell(start);
    bill.end = rows.cell(end);
    OLIVINE_TRY(bill.amount, rows.number(amount));
    OLIVINE_CHECK_STATUS(reader.take(bill));
  }
}

Result<BillLine> json_line(std::string_view text, std::size_t number) {
  BillLine bill;
  bill.line = number;
  if (text.front() == '[')
    return fail(ErrorKind::kInvalid,
                fmt::format("line {}: a JSON array; write an object a line: jq -c '.[]' FILE", number));
  if (nests_deeper(text, 16))
    return fail(ErrorKind::kInvalid, fmt::format("line {}: JSON more than 16 levels deep", number));
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object())
    return fail(ErrorKind::kInvalid,
                fmt::format("line {}: '{}' is no JSON object", number, shown_value(text.substr(0, 30))));
  const auto text_at = [&](const char* outer, const char* inner) -> std::string {
    const auto found = json.find(outer);
    if (found == json.end()) return "";
    if (inner == nullptr) return found->is_string() ? found->get<std::string>() : "";
    if (!found->is_object()) return "";
    const auto below = found->find(inner);
    if (below == found->end()) return "";
    return below->is_string() ? below->get<std::string>() : below->is_number() ? below->dump() : "";
  };
  bill.service = text_at("service", "description");
  bill.sku = text_at("sku", "description");
  bill.cost_type = text_at("cost_type", nullptr);
  bill.unit = text_at("usage", "unit");
  bill.region = text_at("location", "region");
  bill.project = text_at("project", "id");
  bill.start = text_at("usage_start_time", nullptr);
  bill.end = text_at("usage_end_time", nullptr);
  const std::string amount = text_at("usage", "amount");
  if (parse_number(amount, bill.amount) == NumberKind::kWrong)
    return bad_line(bill, "usage.amount", amount, "is not a number");
  if (amount.empty()) bill.amount = kNotSaid;
  if (bill.service.empty() || bill.start.empty())
    return fail(
        ErrorKind::kInvalid,
        fmt::format("line {}: service.description or usage_start_time is missing; is this a billing export?", number));
  return bill;
}

Status read_json(ByteSource& source, ActivitySink& sink) {
  LineReader lines(source, kActivityLines);
  BillReader reader(sink);
  std::string_view line;
  for (;;) {
    OLIVINE_TRY(const bool more, lines.next(line));
    if (!more) return {};
    const std::string_view text = trim(line);
    if (text.empty()) continue;
    sink.count_row(lines.line_number());
    OLIVINE_TRY(const BillLine bill, json_line(text, lines.line_number()));
    OLIVINE_CHECK_STATUS(reader.take(bill));
  }
}

}  // namespace

Status read_gcp_billing(ByteSource& source, ActivitySink& sink) {
  OLIVINE_TRY(const auto peeked, PeekedSource::create(source, 16));
  const std::string_view head = trim(peeked->head());
  return head.starts_with('{') || head.starts_with('[') ? read_json(*peeked, sink) : read_csv(*peeked, sink);
}

}  // namespace olivine
