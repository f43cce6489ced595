// AWS cost and usage reports: CUR (names like lineItem/UsageAmount), its Parquet and CUR 2.0 (line_item_usage_amount).
//
// A line is an activity when it is hours of an instance of EC2 or SageMaker that somebody held: usage of all ways to pay
// (Usage, DiscountedUsage, SavingsPlanCoveredUsage). Fees, taxes, credits and negations are money for the same hours and are skipped, as is
// usage whose hardware nobody can name (storage, requests, traffic). Unused reservations (UnusedBox) are idle capacity.
#include <fmt/core.h>

#include <array>
#include <cmath>

#include "account/activities/activity_readers.h"
#include "account/activities/table_rows.h"

namespace olivine {
namespace {

struct CurColumns {
  std::size_t start = 0, end = 0, amount = 0, usage_type = 0, line_type = 0;
  std::optional<std::size_t> product, instance, unit, region, account;
};

Result<CurColumns> columns_of(const TableRows& rows) {
  CurColumns c;
  OLIVINE_TRY(c.start, rows.need({"lineItem/UsageStartDate", "line_item_usage_start_date"}));
  OLIVINE_TRY(c.end, rows.need({"lineItem/UsageEndDate", "line_item_usage_end_date"}));
  OLIVINE_TRY(c.amount, rows.need({"lineItem/UsageAmount", "line_item_usage_amount"}));
  OLIVINE_TRY(c.usage_type, rows.need({"lineItem/UsageType", "line_item_usage_type"}));
  OLIVINE_TRY(c.line_type, rows.need({"lineItem/LineItemType", "line_item_line_item_type"}));
  c.product = rows.find({"lineItem/ProductCode", "line_item_product_code"});
  c.instance = rows.find({"product/instanceType", "product_instance_type"});
  c.unit = rows.find({"pricing/unit", "pricing_unit"});
  c.region = rows.find({"product/regionCode", "product_region_code", "product/region", "product_region"});
  c.account = rows.find({"lineItem/UsageAccountId", "line_item_usage_account_id"});
  return c;
}

struct UsageKind {
  std::string_view instance{};  // empty: no instance hours
  std::string_view phase{};
};

// "USE1-BoxUsage:p4d.24xlarge", "SpotUsage:g5.xlarge", "EUW1-Train:ml.p3.2xlarge"
UsageKind kind_of(std::string_view usage_type) {
  const std::size_t colon = usage_type.rfind(':');
  if (colon == std::string_view::npos) return {};
  std::string_view name = usage_type.substr(0, colon);
  const std::string_view instance = usage_type.substr(colon + 1);
  for (const std::string_view known : {"HostBoxUsage", "BoxUsage", "SpotUsage", "DedicatedUsage", "HostUsage"})
    if (name == known || name.ends_with("-" + std::string(known))) return {instance, ""};
  for (const std::string_view known : {"UnusedBox", "UnusedDed"})
    if (name == known || name.ends_with("-" + std::string(known))) return {instance, "idle"};
  const std::size_t ml = instance.find("ml.");
  if (ml == std::string_view::npos) return {};
  const std::size_t dash = name.rfind('-');
  const std::string_view use = dash == std::string_view::npos ? name : name.substr(dash + 1);
  const std::string_view phase = use == "Train" ? "training" : use == "Host" || use == "Tsform" ? "inference" : "";
  return {instance.substr(ml), phase};
}

bool is_usage(std::string_view line_type) {
  return line_type == "Usage" || line_type == "DiscountedUsage" || line_type == "SavingsPlanCoveredUsage";
}

Status read_line_item(TableRows& rows, const CurColumns& c, ActivitySink& sink) {
  const auto skip = [&](std::string_view why) {
    sink.skip(why, rows.line());
    return Status{};
  };
  if (!is_usage(rows.cell(c.line_type))) return skip("a fee, tax, credit or negation: money, no hours");
  const std::string_view product = rows.cell(c.product);
  if (c.product && product != "AmazonEC2" && product != "AmazonSageMaker")
    return skip("another service than EC2 and SageMaker: its hardware is not known");
  const UsageKind kind = kind_of(rows.cell(c.usage_type));
  if (kind.instance.empty()) return skip("no hours of an instance (storage, traffic, addresses)");
  const std::string_view unit = rows.cell(c.unit);
  if (!unit.empty() && unit != "Hrs" && unit != "Hours" && unit != "hours" && unit != "Hour")
    return rows.bad(*c.unit, unit,
                    "is not hours, though the usage type names an instance; take the row out if it is none");
  Activity a;
  OLIVINE_TRY(a.begin_s, rows.time(c.start, 0));
  OLIVINE_TRY(a.end_s, rows.time(c.end, 0));
  if (a.end_s <= a.begin_s) return rows.bad(c.end, rows.cell(c.end), "does not lie after the start of the usage");
  OLIVINE_TRY(const double hours, rows.amount(c.amount));
  if (std::isnan(hours)) return rows.bad(c.amount, rows.cell(c.amount), "is no number of hours");
  if (hours == 0.0) return skip("no hours were used");
  a.hours = static_cast<double>(a.end_s - a.begin_s) / 3600.0;
  a.devices = hours / a.hours;
  a.device = c.instance && !rows.cell(*c.instance).empty() ? rows.cell(*c.instance) : kind.instance;
  a.phase = kind.phase;
  a.project = rows.cell(c.account);
  const std::string zone = sink.zone_of_region("aws", rows.cell(c.region));
  a.zone = zone;
  a.row = static_cast<std::uint32_t>(rows.line());
  return sink.take(a);
}

}  // namespace

Status read_aws_cur(ByteSource& source, ActivitySink& sink) {
  OLIVINE_TRY(TableRows rows, TableRows::open(source, ','));
  OLIVINE_TRY(const CurColumns c, columns_of(rows));
  if (!c.product) sink.note("the report has no product code: every line whose usage type names an instance was taken");
  for (;;) {
    OLIVINE_TRY(const bool more, rows.next());
    if (!more) return {};
    sink.count_row(rows.line());
    OLIVINE_CHECK_STATUS(read_line_item(rows, c, sink));
  }
}

}  // namespace olivine
