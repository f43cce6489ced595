#include "units/estimate.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace olivine {

Spread::Spread(double mean, std::vector<Sensitivity> moves) : mean_(mean), moves_(std::move(moves)) {
  std::sort(moves_.begin(), moves_.end(), [](const auto& a, const auto& b) { return a.input < b.input; });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < moves_.size(); ++i) {
    if (kept > 0 && moves_[kept - 1].input == moves_[i].input) {
      moves_[kept - 1].down += moves_[i].down;
      moves_[kept - 1].up += moves_[i].up;
    } else {
      if (kept != i) moves_[kept] = std::move(moves_[i]);
      ++kept;
    }
  }
  moves_.resize(kept);
}

// A move downwards may sit at either bound of its input: a difference turns the signs around.
double Spread::lower() const {
  double squares = 0.0;
  for (const Sensitivity& s : moves_) {
    const double move = std::min({s.down, s.up, 0.0});
    squares += move * move;
  }
  return mean_ - std::sqrt(squares);
}

double Spread::upper() const {
  double squares = 0.0;
  for (const Sensitivity& s : moves_) {
    const double move = std::max({s.down, s.up, 0.0});
    squares += move * move;
  }
  return mean_ + std::sqrt(squares);
}

Spread Spread::scaled(double k) const {
  std::vector<Sensitivity> moves = moves_;
  for (Sensitivity& s : moves) {
    s.down *= k;
    s.up *= k;
  }
  return Spread(mean_ * k, std::move(moves));
}

Spread Spread::sum(const Spread& a, const Spread& b, double sign_of_b) {
  std::vector<Sensitivity> moves = a.moves_;
  for (const Sensitivity& s : b.moves_) moves.push_back({s.input, s.down * sign_of_b, s.up * sign_of_b});
  return Spread(a.mean_ + sign_of_b * b.mean_, std::move(moves));
}

Spread Spread::product(const Spread& a, const Spread& b) {
  std::vector<Sensitivity> moves;
  for (const Sensitivity& s : a.moves_) moves.push_back({s.input, s.down * b.mean_, s.up * b.mean_});
  for (const Sensitivity& s : b.moves_) moves.push_back({s.input, s.down * a.mean_, s.up * a.mean_});
  return Spread(a.mean_ * b.mean_, std::move(moves));
}

Spread spread_of(double value, double lower, double upper, std::string_view input) {
  if (!(lower <= value && value <= upper)) throw std::logic_error("an estimate's bounds must enclose its value");
  if (lower == value && upper == value) return Spread(value);
  return Spread(value, {{std::string(input), lower - value, upper - value}});
}

}  // namespace olivine
