// The corridor between two clusters: is the border between them thinly populated?
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "dip.hpp"

namespace coterie {

constexpr int NEIGHBORS = 3;          // depth asks the nearest clusters, this many
constexpr double STEP = 0.01;         // grid of the density along a corridor
constexpr int HALF = 100;             // grid points from the border to one end of [-1, 1]
constexpr int REACH = 80;             // the density is looked at in [-.8, .8]
constexpr int BORDER = 45;            // and the emptiest place is sought in [-.45, .45]

struct Gap {
    double dip = 0.0, depth = 0.0;
};

// Everything about one solution: n rows of d values, their labels, k centers.
class Corridors {
public:
    struct Result {
        double dip_max = 0.0, dip_mean = 0.0;
    };

    // Fills depth[0..k) and returns the two dip statistics.
    Result measure(const double* z, std::int64_t n, int d, const std::int32_t* label, const double* centers, int k,
                   double* depth) {
        bucket(label, n, k);
        distances(centers, k, d);
        gaps.assign(static_cast<std::size_t>(k) * k, Gap{});
        known.assign(static_cast<std::size_t>(k) * k, 0);
        Result result;
        for (int i = 0; i < k; ++i) {
            neighbors(i, k);
            double least = std::numeric_limits<double>::infinity();
            for (std::size_t r = 0; r < near.size(); ++r) {
                const Gap& gap = between(z, d, centers, k, i, near[r]);
                least = std::min(least, gap.depth);
                if (r > 0) continue;
                result.dip_max = std::max(result.dip_max, gap.dip);
                result.dip_mean += gap.dip / k;
            }
            depth[i] = near.empty() ? 0.0 : least;
        }
        return result;
    }

private:
    std::vector<std::int64_t> rows, offset;
    std::vector<double> apart, along, across, sorted, curve, density, taps;
    std::vector<Gap> gaps;
    std::vector<char> known;
    std::vector<int> near;
    Dip dip;

    void bucket(const std::int32_t* label, std::int64_t n, int k) {
        offset.assign(static_cast<std::size_t>(k) + 1, 0);
        for (std::int64_t i = 0; i < n; ++i)
            if (label[i] >= 0) ++offset[label[i] + 1];
        for (int c = 0; c < k; ++c) offset[c + 1] += offset[c];
        rows.resize(static_cast<std::size_t>(offset[k]));
        std::vector<std::int64_t> at(offset.begin(), offset.end() - 1);
        for (std::int64_t i = 0; i < n; ++i)
            if (label[i] >= 0) rows[at[label[i]]++] = i;
    }

    void distances(const double* centers, int k, int d) {
        apart.assign(static_cast<std::size_t>(k) * k, 0.0);
        for (int i = 0; i < k; ++i)
            for (int j = 0; j < k; ++j)
                for (int c = 0; c < d; ++c) {
                    const double step = centers[i * d + c] - centers[j * d + c];
                    apart[i * k + j] += step * step;
                }
    }

    void neighbors(int i, int k) {
        near.clear();
        for (int j = 0; j < k; ++j)
            if (j != i) near.push_back(j);
        const double* row = apart.data() + static_cast<std::size_t>(i) * k;
        std::stable_sort(near.begin(), near.end(), [row](int a, int b) { return row[a] < row[b]; });
        if (near.size() > NEIGHBORS) near.resize(NEIGHBORS);
    }

    const Gap& between(const double* z, int d, const double* centers, int k, int i, int j) {
        const int a = std::min(i, j), b = std::max(i, j);
        const std::size_t at = static_cast<std::size_t>(a) * k + b;
        if (!known[at]) {
            known[at] = 1;
            gaps[at] = gap(z, d, centers + static_cast<std::ptrdiff_t>(a) * d,
                           centers + static_cast<std::ptrdiff_t>(b) * d, a, b, apart[at]);
        }
        return gaps[at];
    }

    Gap gap(const double* z, int d, const double* from, const double* to, int a, int b, double squared) {
        Gap result;
        if (!(squared > 0.0)) return result;
        project(z, d, from, to, a, squared, true);
        project(z, d, from, to, b, squared, false);
        select(d);
        if (sorted.size() >= 10)
            result.dip = std::sqrt(static_cast<double>(sorted.size())) *
                         dip.of(sorted.data(), static_cast<std::ptrdiff_t>(sorted.size()));
        result.depth = depth();
        return result;
    }

    // Position along the line of centers (they lie at -1/2 and 1/2) and squared distance from it. A row that lacks
    // values is measured in the columns it has, and left out when these see less than half of the way.
    void project(const double* z, int d, const double* from, const double* to, int cluster, double squared,
                 bool first) {
        if (first) along.clear(), across.clear();
        for (std::int64_t r = offset[cluster]; r < offset[cluster + 1]; ++r) {
            const double* x = z + rows[r] * d;
            double dot = 0.0, length = 0.0, seen = 0.0;
            int present = 0;
            for (int c = 0; c < d; ++c) {
                if (x[c] != x[c]) continue;
                const double step = to[c] - from[c], away = x[c] - 0.5 * (from[c] + to[c]);
                dot += away * step;
                length += away * away;
                seen += step * step;
                ++present;
            }
            if (seen < 0.5 * squared) continue;
            along.push_back(dot / seen);
            across.push_back(std::max(0.0, length - dot * dot / seen) * d / present);
        }
    }

    // Keeps what lies between the centers' far sides and near the line: the 60 % of rows with the least distance.
    void select(int d) {
        sorted.clear();
        if (along.empty()) return;
        double limit = std::numeric_limits<double>::infinity();
        if (d > 1) {
            curve = across;
            const double rank = 0.6 * static_cast<double>(curve.size() - 1);
            const auto low = curve.begin() + static_cast<std::ptrdiff_t>(rank);
            std::nth_element(curve.begin(), low, curve.end());
            limit = *low;
            if (low + 1 != curve.end())
                limit += (rank - std::floor(rank)) * (*std::min_element(low + 1, curve.end()) - *low);
        }
        for (std::size_t r = 0; r < along.size(); ++r)
            if (std::fabs(along[r]) <= 1.0 && across[r] <= limit) sorted.push_back(along[r]);
        std::sort(sorted.begin(), sorted.end());
    }

    static double spread(const double* x, std::ptrdiff_t m) {
        double mean = 0.0, sum = 0.0;
        for (std::ptrdiff_t i = 0; i < m; ++i) mean += x[i] / static_cast<double>(m);
        for (std::ptrdiff_t i = 0; i < m; ++i) sum += (x[i] - mean) * (x[i] - mean);
        return std::sqrt(sum / static_cast<double>(m));
    }

    // 1 - density at the emptiest place near the border / the lower of the peaks on its two sides.
    double depth() {
        const auto m = static_cast<std::ptrdiff_t>(sorted.size());
        const std::ptrdiff_t left = std::lower_bound(sorted.begin(), sorted.end(), 0.0) - sorted.begin();
        if (left < 5 || m - left < 5) return 0.0;
        const double narrow = std::min(spread(sorted.data(), left), spread(sorted.data() + left, m - left));
        estimate(std::max(0.02, 0.9 * narrow * std::pow(static_cast<double>(m), -0.2)));
        double deepest = 0.0, before = 0.0;
        std::vector<double>& after = curve;  // highest density to the right of a grid point
        after.assign(2 * REACH + 2, 0.0);
        for (int v = 2 * REACH; v >= 0; --v) after[v] = std::max(after[v + 1], density[v]);
        for (int v = 0; v <= 2 * REACH; ++v) {
            const double lower = std::min(before, after[v + 1]);
            if (std::abs(v - REACH) <= BORDER && lower > 0.0) deepest = std::max(deepest, 1.0 - density[v] / lower);
            before = std::max(before, density[v]);
        }
        return deepest;
    }

    // Gaussian kernel density of the sorted positions, up to a factor: linear bins, then a truncated convolution.
    void estimate(double width) {
        const int pad = static_cast<int>(std::ceil(4.0 * width / STEP));
        taps.resize(static_cast<std::size_t>(pad) + 1);
        for (int i = 0; i <= pad; ++i) taps[i] = std::exp(-0.5 * (i * STEP / width) * (i * STEP / width));
        std::vector<double>& bins = curve;
        bins.assign(2 * HALF + 2, 0.0);
        for (const double t : sorted) {
            const double place = (t + 1.0) / STEP;
            const int bin = std::min(static_cast<int>(place), 2 * HALF);
            bins[bin] += 1.0 - (place - bin);
            bins[bin + 1] += place - bin;
        }
        density.assign(2 * REACH + 1, 0.0);
        for (int v = 0; v <= 2 * REACH; ++v) {
            const int center = v + HALF - REACH;
            const int low = std::max(0, center - pad), high = std::min(2 * HALF + 1, center + pad);
            for (int b = low; b <= high; ++b) density[v] += bins[b] * taps[std::abs(b - center)];
        }
    }
};

}  // namespace coterie
