#include "grid/features/rows.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "provenance/graph.h"

namespace olivine::features {
namespace {

template <class T>
void permute(std::vector<T>& values, const std::vector<std::uint32_t>& order) {
  std::vector<T> sorted(values.size());
  for (std::size_t i = 0; i < order.size(); ++i) sorted[i] = values[order[i]];
  values.swap(sorted);
}

template <class T>
std::string bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

}  // namespace

std::string hash_of(const Rows& rows) {
  std::string parts;
  for (std::size_t i = 0; i < rows.entities.size(); ++i) parts += rows.entities[i] + "\n";
  parts += content_hash(bytes_of(rows.entity)) + content_hash(bytes_of(rows.event_ns)) +
           content_hash(bytes_of(rows.ingest_ns));
  for (std::size_t c = 0; c < rows.columns.size(); ++c)
    parts += "\n" + rows.columns[c] + " " + content_hash(bytes_of(rows.values[c]));
  return content_hash(parts);
}

void Rows::sort() {
  const auto key = [this](std::size_t i) { return std::tuple(entity[i], event_ns[i], ingest_ns[i]); };
  bool sorted = true;
  for (std::size_t i = 1; i < size() && sorted; ++i) sorted = key(i - 1) <= key(i);
  if (sorted) return;
  // By entity in one pass, then each entity by itself: small sorts over neighbouring memory.
  struct Key {
    std::int64_t event_ns, ingest_ns;
    std::uint32_t row;
    bool operator<(const Key& o) const {
      return std::tie(event_ns, ingest_ns, row) < std::tie(o.event_ns, o.ingest_ns, o.row);
    }
  };
  std::vector<std::size_t> next(entities.size() + 1, 0);
  for (const std::uint32_t e : entity) ++next[e + 1];
  std::partial_sum(next.begin(), next.end(), next.begin());
  const std::vector<std::size_t> begin = next;
  std::vector<Key> keys(size());
  for (std::size_t i = 0; i < size(); ++i)
    keys[next[entity[i]]++] = {event_ns[i], ingest_ns[i], static_cast<std::uint32_t>(i)};
  std::vector<std::uint32_t> order(size());
  for (std::size_t e = 0; e + 1 < begin.size(); ++e) {
    const auto first = keys.begin() + static_cast<std::ptrdiff_t>(begin[e]),
               last = keys.begin() + static_cast<std::ptrdiff_t>(begin[e + 1]);
    if (!std::is_sorted(first, last)) std::sort(first, last);
  }
  std::transform(keys.begin(), keys.end(), order.begin(), [](const Key& k) { return k.row; });
  for (std::size_t e = 0; e + 1 < begin.size(); ++e)
    std::fill(entity.begin() + static_cast<std::ptrdiff_t>(begin[e]),
              entity.begin() + static_cast<std::ptrdiff_t>(begin[e + 1]), static_cast<std::uint32_t>(e));
  std::transform(keys.begin(), keys.end(), event_ns.begin(), [](const Key& k) { return k.event_ns; });
  std::transform(keys.begin(), keys.end(), ingest_ns.begin(), [](const Key& k) { return k.ingest_ns; });
  for (auto& column : values) permute(column, order);
}

std::int64_t Rows::last_ingest_ns() const { return *std::max_element(ingest_ns.begin(), ingest_ns.end()); }
std::int64_t Rows::first_event_ns() const { return *std::min_element(event_ns.begin(), event_ns.end()); }

}  // namespace olivine::features
