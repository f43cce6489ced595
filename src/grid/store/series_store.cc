#include "grid/store/series_store.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "base/text.h"

namespace olivine {
namespace {

constexpr std::string_view kSuffix = ".series";
constexpr std::size_t kMaxDatasets = 100'000;

std::string file_name(const Dataset& d) {
  const bool plain = is_zone_key(d.about.accounting);
  return fmt::format("{}.{}.{}.{}.{}{}", d.about.zone, name_of(d.about.signal), name_of(d.about.boundary),
                     plain ? d.about.accounting : "unknown", d.hash, kSuffix);
}

bool answers(const Dataset& d, const IntensityQuery& query) {
  return d.about.zone == query.zone && d.about.signal == query.signal && d.about.boundary == query.boundary;
}

bool overlaps(const Dataset& d, const WallInterval& interval) {
  return d.begin < interval.end && interval.begin < d.end;
}

std::string span_of(const Dataset& d) {
  return fmt::format("{} to {}", format_utc(d.begin).substr(0, 16), format_utc(d.end).substr(0, 16));
}

std::string what_is_wanted(const IntensityQuery& query) {
  return fmt::format("{} {} intensity of {}", name_of(query.signal), name_of(query.boundary),
                     printable(query.zone.substr(0, 60)));
}

tl::unexpected<Error> nothing_held(const std::vector<Dataset>& datasets, const IntensityQuery& query) {
  std::string near;
  for (const Dataset& d : datasets) {
    if (d.about.zone != query.zone) continue;
    near = answers(d, query) ? fmt::format("; held is {}", span_of(d))
                             : fmt::format("; held is {} {}", name_of(d.about.signal), name_of(d.about.boundary));
    break;
  }
  return fail(
      ErrorKind::kNotFound,
      fmt::format(
          "no data set has the {} from {} to {}{}; olivine grid import FILE adds one, olivine grid data ls lists them",
          what_is_wanted(query), format_utc(query.interval.begin).substr(0, 16),
          format_utc(query.interval.end).substr(0, 16), near));
}

}  // namespace

Result<SeriesStore> SeriesStore::open(FileSystem& files, std::string folder, std::string_view only_zone) {
  SeriesStore store(files, std::move(folder));
  const auto names = files.list(store.folder_);
  if (!names && names.error().kind == ErrorKind::kNotFound) return store;
  if (!names) return tl::unexpected<Error>(names.error());
  for (const std::string& name : *names) {
    if (!name.ends_with(kSuffix)) continue;
    if (!only_zone.empty() && !name.starts_with(std::string(only_zone) + ".")) continue;
    if (store.datasets_.size() == kMaxDatasets)
      return fail(ErrorKind::kUnsupported, store.folder_ + " holds too many data sets");
    const std::string path = store.folder_ + "/" + name;
    const auto content = files.map(path, kMaxSeriesFileBytes);
    const auto file =
        content ? SeriesFile::open((*content)->bytes()) : Result<SeriesFile>(tl::unexpected<Error>(content.error()));
    if (!file) {
      store.troubles_.push_back(printable(content ? path + ": " + file.error().message : file.error().message));
      continue;
    }
    Dataset dataset = file->dataset();
    dataset.path = path;
    store.keep(std::move(dataset));
  }
  return store;
}

void SeriesStore::keep(Dataset dataset) {
  std::erase_if(datasets_, [&](const Dataset& d) { return d.hash == dataset.hash; });
  const auto before = [](const Dataset& a, const Dataset& b) {
    return std::tuple(a.about.zone, a.about.signal, a.about.boundary, -a.imported_at.ns, a.hash) <
           std::tuple(b.about.zone, b.about.signal, b.about.boundary, -b.imported_at.ns, b.hash);
  };
  datasets_.insert(std::upper_bound(datasets_.begin(), datasets_.end(), dataset, before), std::move(dataset));
}

Result<Dataset> SeriesStore::find(std::string_view hash) const {
  const std::string wanted = to_lower(trim(hash));
  const Dataset* found = nullptr;
  for (const Dataset& d : datasets_) {
    if (wanted.size() < 4 || !d.hash.starts_with(wanted)) continue;
    if (found != nullptr) {
      return fail(ErrorKind::kInvalid,
                  fmt::format("'{}' begins the hash of several data sets; write more of it", printable(wanted)));
    }
    found = &d;
  }
  if (found != nullptr) return *found;
  return fail(ErrorKind::kNotFound, fmt::format("no data set has the hash '{}'; olivine grid data ls lists them",
                                                printable(wanted.substr(0, 40))));
}

Result<const SeriesFile*> SeriesStore::mapped(const Dataset& dataset) {
  if (const auto found = mapped_.find(dataset.path); found != mapped_.end()) return &found->second.file;
  OLIVINE_TRY(std::unique_ptr<FileContent> content, files_->map(dataset.path, kMaxSeriesFileBytes));
  auto file = SeriesFile::open(content->bytes());
  if (!file) return with_context(file.error(), dataset.path);
  if (file->dataset().hash != dataset.hash)
    return fail(ErrorKind::kCorrupt, dataset.path + ": holds another data set than its name says");
  const auto [kept, added] = mapped_.emplace(dataset.path, Mapped{std::move(content), *std::move(file)});
  return &kept->second.file;
}

Result<IntensitySeries> SeriesStore::answer(const Dataset& dataset, const IntensityQuery& query) {
  OLIVINE_TRY(const SeriesFile* file, mapped(dataset));
  auto points = file->points(query.interval);
  if (!points) return with_context(points.error(), dataset.path);
  IntensitySeries series;
  series.zone = dataset.about.zone;
  series.signal = dataset.about.signal;
  series.boundary = dataset.about.boundary;
  series.accounting = dataset.about.accounting;
  series.losses = dataset.about.losses;
  series.gases = dataset.about.gases;
  series.source = dataset.about.source;
  series.dataset = dataset.hash;
  series.notes = dataset.about.notes;
  series.points = *std::move(points);
  return series;
}

Result<IntensitySeries> SeriesStore::points(const IntensityQuery& query) {
  const Dataset* chosen = nullptr;
  std::string others;
  for (const Dataset& d : datasets_) {  // newest first
    if (!answers(d, query) || !overlaps(d, query.interval)) continue;
    if (chosen == nullptr) {
      chosen = &d;
    } else if (others.size() < 200) {
      others += (others.empty() ? "" : ", ") +
                fmt::format("{} ({}, {})", d.hash.substr(0, 12), d.about.accounting, span_of(d));
    }
  }
  if (chosen == nullptr) return nothing_held(datasets_, query);
  OLIVINE_TRY(IntensitySeries series, answer(*chosen, query));
  if (!others.empty()) series.notes.push_back("the newest import answers; older data sets of this time: " + others);
  return series;
}

Result<IntensitySeries> SeriesStore::points_of(std::string_view hash, const IntensityQuery& query) {
  OLIVINE_TRY(const Dataset dataset, find(hash));
  if (!answers(dataset, query)) {
    return fail(ErrorKind::kInvalid, fmt::format("data set {} is the {} {} intensity of {}, not the {}", dataset.hash,
                                                 name_of(dataset.about.signal), name_of(dataset.about.boundary),
                                                 dataset.about.zone, what_is_wanted(query)));
  }
  return answer(dataset, query);
}

Result<Dataset> SeriesStore::put(FileWriter& writer, std::string_view file_bytes) {
  OLIVINE_TRY(const SeriesFile file, SeriesFile::open(file_bytes));
  Dataset dataset = file.dataset();
  dataset.path = folder_ + "/" + file_name(dataset);
  OLIVINE_CHECK_STATUS(writer.replace(dataset.path, file_bytes));
  keep(dataset);
  return dataset;
}

Status SeriesStore::remove(FileWriter& writer, std::string_view hash) {
  OLIVINE_TRY(const Dataset dataset, find(hash));
  OLIVINE_CHECK_STATUS(writer.remove(dataset.path));
  mapped_.erase(dataset.path);
  std::erase_if(datasets_, [&](const Dataset& d) { return d.hash == dataset.hash; });
  return {};
}

WallTime SeriesStore::import_time(WallTime now) const {
  for (const Dataset& d : datasets_) now = std::max(now, WallTime{d.imported_at.ns + 1});
  return now;
}

}  // namespace olivine
