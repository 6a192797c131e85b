// Is there a way around the empty place between two clusters? Curved clouds have one, separate groups have none.
//
// The rows of both clusters are looked at in the plane of the line between the centers and the direction in which the
// rows near the border lie farthest from that line. There the widest path is sought: from peak to peak, always where
// the density is highest. What the path must cross at its thinnest is the depth that is left.
#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace coterie {

class Detour {
public:
    // Positions along the line (t), rows times d residuals from it, and the line's unit direction.
    double depth(const std::vector<double>& t, std::vector<double>& residual, const std::vector<double>& line) {
        const std::size_t d = line.size();
        if (d < 2 || !bend(t, residual, line)) return 1.0;
        across.clear();
        rest.clear();
        for (std::size_t r = 0; r < t.size(); ++r) {
            double s = 0.0, length = 0.0;
            for (std::size_t c = 0; c < d; ++c) {
                s += residual[r * d + c] * axis[c];
                length += residual[r * d + c] * residual[r * d + c];
            }
            across.push_back(s);
            rest.push_back(std::max(0.0, length - s * s));
        }
        if (!select(t, d)) return 0.0;
        estimate();
        return path();
    }

private:
    static constexpr int ALONG = 48, ACROSS = 32, LEVELS = 200;
    static constexpr double WIDTH = 0.85;
    static constexpr double NEAR = 0.3;  // this close to the border a row shows where the way around would lead

    std::vector<double> axis, next, moments, across, rest, x, y, order, grid, smooth, taps;
    std::array<std::vector<int>, LEVELS + 1> waiting;
    std::vector<char> seen;
    double low = 0.0, high = 0.0, wide_x = 0.0, wide_y = 0.0;

    // The direction, at right angles to the line, in which rows near the border spread more than the others.
    bool bend(const std::vector<double>& t, std::vector<double>& residual, const std::vector<double>& line) {
        const std::size_t d = line.size(), n = t.size();
        axis.assign(d, 0.0);
        for (std::size_t r = 0; r < n; ++r)
            for (std::size_t c = 0; c < d; ++c) axis[c] += residual[r * d + c] / static_cast<double>(n);
        std::size_t near = 0;
        for (std::size_t r = 0; r < n; ++r) {
            near += std::fabs(t[r]) <= NEAR;
            for (std::size_t c = 0; c < d; ++c) residual[r * d + c] -= axis[c];
        }
        if (near < 5) return false;
        if (d == 2) {
            axis = {-line[1], line[0]};
            return true;
        }
        moments.assign(d * d, 0.0);
        double total = 0.0;
        for (std::size_t r = 0; r < n; ++r) {
            const double share = (std::fabs(t[r]) <= NEAR ? 1.0 / static_cast<double>(near) : 0.0) - 1.0 / static_cast<double>(n);
            const double* x = residual.data() + r * d;
            for (std::size_t i = 0; i < d; ++i) {
                total += x[i] * x[i] / static_cast<double>(n);
                for (std::size_t j = 0; j <= i; ++j) moments[i * d + j] += share * x[i] * x[j];
            }
        }
        for (std::size_t i = 0; i < d; ++i)
            for (std::size_t j = i + 1; j < d; ++j) moments[i * d + j] = moments[j * d + i];
        return total > 0.0 && leading(line, total);
    }

    // Power iteration, shifted so that the largest eigenvalue is the largest in size, and kept off the line.
    bool leading(const std::vector<double>& line, double shift) {
        const std::size_t d = line.size();
        std::size_t start = 0;
        for (std::size_t c = 1; c < d; ++c)
            if (moments[c * d + c] > moments[start * d + start]) start = c;
        axis.assign(moments.begin() + static_cast<std::ptrdiff_t>(start * d),
                    moments.begin() + static_cast<std::ptrdiff_t>((start + 1) * d));
        axis[start] += shift;
        for (int round = 0; round < 60; ++round) {
            double dot = 0.0, length = 0.0;
            for (std::size_t c = 0; c < d; ++c) dot += axis[c] * line[c];
            for (std::size_t c = 0; c < d; ++c) {
                axis[c] -= dot * line[c];
                length += axis[c] * axis[c];
            }
            if (!(length > 0.0)) return false;
            for (double& a : axis) a /= std::sqrt(length);
            if (round == 59) break;
            next.assign(d, 0.0);
            for (std::size_t i = 0; i < d; ++i) {
                next[i] = shift * axis[i];
                for (std::size_t j = 0; j < d; ++j) next[i] += moments[i * d + j] * axis[j];
            }
            axis.swap(next);
        }
        return true;
    }

    bool select(const std::vector<double>& t, std::size_t d) {
        double limit = INFINITY;
        if (d > 2) {
            order = rest;
            const auto at = order.begin() + static_cast<std::ptrdiff_t>(0.6 * static_cast<double>(order.size() - 1));
            std::nth_element(order.begin(), at, order.end());
            limit = *at;
        }
        x.clear();
        y.clear();
        for (std::size_t r = 0; r < t.size(); ++r)
            if (std::fabs(t[r]) <= 1.0 && rest[r] <= limit) x.push_back(t[r]), y.push_back(across[r]);
        return widths();
    }

    // Kernel widths from the narrower side; false when a side has too few rows.
    bool widths() {
        double spread[2][2];
        for (int side = 0; side < 2; ++side) {
            double n = 0.0, sum_x = 0.0, sum_y = 0.0, square_x = 0.0, square_y = 0.0;
            for (std::size_t r = 0; r < x.size(); ++r) {
                if ((x[r] >= 0.0) != (side == 1)) continue;
                n += 1.0;
                sum_x += x[r];
                sum_y += y[r];
                square_x += x[r] * x[r];
                square_y += y[r] * y[r];
            }
            if (n < 5.0) return false;
            spread[0][side] = std::sqrt(std::max(0.0, square_x / n - sum_x / n * (sum_x / n)));
            spread[1][side] = std::sqrt(std::max(0.0, square_y / n - sum_y / n * (sum_y / n)));
        }
        const double factor = WIDTH * std::pow(static_cast<double>(x.size()), -1.0 / 6.0);
        wide_x = std::max(factor * std::min(spread[0][0], spread[0][1]), 1.5 / (ALONG - 1));
        wide_y = factor * std::min(spread[1][0], spread[1][1]);
        low = *std::min_element(y.begin(), y.end());
        high = *std::max_element(y.begin(), y.end());
        low -= wide_y;
        high += wide_y;
        wide_y = std::max(wide_y, 0.75 * (high - low) / (ACROSS - 1));
        return high > low;
    }

    // Density on the grid: bilinear bins, then one pass of Gaussian weights in each direction.
    void estimate() {
        grid.assign(static_cast<std::size_t>(ALONG) * ACROSS, 0.0);
        const double step_y = (high - low) / (ACROSS - 1);
        for (std::size_t r = 0; r < x.size(); ++r) {
            const double px = (x[r] + 1.0) * 0.5 * (ALONG - 1), py = (y[r] - low) / step_y;
            const int i = std::min(static_cast<int>(px), ALONG - 2), j = std::min(static_cast<int>(py), ACROSS - 2);
            const double fx = px - i, fy = py - j;
            double* cell = grid.data() + i * ACROSS + j;
            cell[0] += (1 - fx) * (1 - fy);
            cell[1] += (1 - fx) * fy;
            cell[ACROSS] += fx * (1 - fy);
            cell[ACROSS + 1] += fx * fy;
        }
        smooth.assign(grid.size(), 0.0);
        const int pad_y = weigh(wide_y / step_y, ACROSS);
        for (int i = 0; i < ALONG; ++i)
            for (int j = 0; j < ACROSS; ++j) {
                const double mass = grid[i * ACROSS + j];
                if (mass == 0.0) continue;
                const int first = std::max(0, j - pad_y), last = std::min(ACROSS - 1, j + pad_y);
                double* out = smooth.data() + i * ACROSS;
                const double* tap = taps.data() + pad_y - j;
                for (int o = first; o <= last; ++o) out[o] += mass * tap[o];
            }
        grid.assign(grid.size(), 0.0);
        const int pad_x = weigh(wide_x * 0.5 * (ALONG - 1), ALONG);
        for (int i = 0; i < ALONG; ++i)
            for (int o = std::max(0, i - pad_x); o <= std::min(ALONG - 1, i + pad_x); ++o) {
                const double tap = taps[pad_x + o - i];
                const double* in = smooth.data() + i * ACROSS;
                double* out = grid.data() + o * ACROSS;
                for (int j = 0; j < ACROSS; ++j) out[j] += tap * in[j];
            }
    }

    // Gaussian weights for steps of -pad … pad; returns pad.
    int weigh(double width, int count) {
        const int pad = std::min(count - 1, static_cast<int>(std::ceil(3.5 * width)));
        taps.resize(2 * static_cast<std::size_t>(pad) + 1);
        for (int i = -pad; i <= pad; ++i) taps[i + pad] = std::exp(-0.5 * (i / width) * (i / width));
        return pad;
    }

    // 1 - density at the thinnest place of the widest path / the lower peak, in steps of 1 / LEVELS.
    double path() {
        const int half = ALONG / 2 * ACROSS, cells = ALONG * ACROSS;
        const int from = static_cast<int>(std::max_element(grid.begin(), grid.begin() + half) - grid.begin());
        const int to = static_cast<int>(std::max_element(grid.begin() + half, grid.end()) - grid.begin());
        const double lower = std::min(grid[from], grid[to]);
        if (!(lower > 0.0)) return 0.0;
        seen.assign(static_cast<std::size_t>(cells), 0);
        for (auto& level : waiting) level.clear();
        const auto level_of = [&](int cell) { return std::min(LEVELS, static_cast<int>(grid[cell] / lower * LEVELS)); };
        waiting[LEVELS].push_back(from);
        seen[from] = 1;
        for (int level = LEVELS; level >= 0; --level)
            while (!waiting[level].empty()) {
                const int cell = waiting[level].back();
                waiting[level].pop_back();
                if (cell == to) return 1.0 - static_cast<double>(level) / LEVELS;
                const int i = cell / ACROSS, j = cell % ACROSS;
                for (int a = std::max(0, i - 1); a <= std::min(ALONG - 1, i + 1); ++a)
                    for (int b = std::max(0, j - 1); b <= std::min(ACROSS - 1, j + 1); ++b) {
                        const int other = a * ACROSS + b;
                        if (seen[other]) continue;
                        seen[other] = 1;
                        waiting[std::min(level, level_of(other))].push_back(other);
                    }
            }
        return 1.0;
    }
};

}  // namespace coterie
