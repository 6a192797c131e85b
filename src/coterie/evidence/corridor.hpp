// The corridor between two clusters: is the border between them thinly populated?
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "detour.hpp"
#include "dip.hpp"

namespace coterie {

constexpr int NEIGHBORS = 3;          // depth asks the nearest clusters, this many
constexpr double STEP = 0.01;         // grid of the density along a corridor
constexpr int HALF = 100;             // grid points from the border to one end of [-1, 1]
constexpr int REACH = 80;             // the density is looked at in [-.8, .8]
constexpr double SLIGHT = 0.10;       // a border no emptier than this needs no way around
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

    // Fills depth[0..k) and returns the two dip statistics. With `around`, a border that can be gone around is as
    // deep as the way around it.
    Result measure(const double* z, std::int64_t n, int d, const std::int32_t* label, const double* centers, int k,
                   bool around, double* depth) {
        prepare(z, n, d, label, centers, k, around, true);
        Result result;
        for (int i = 0; i < k; ++i) {
            double least = k > 1 ? std::numeric_limits<double>::infinity() : 0.0;
            for (const int j : near[i]) least = std::min(least, between(z, d, centers, k, i, j).depth);
            depth[i] = least;
            if (near[i].empty()) continue;
            const double dip = between(z, d, centers, k, i, near[i][0]).dip;
            result.dip_max = std::max(result.dip_max, dip);
            result.dip_mean += dip / k;
        }
        return result;
    }

    // Fills depth[0..k) as above, and barrier[a * k + b] with the deepest border on the easiest way from a to b by way
    // of any others. Borders are those between a cluster and its nearest others, and between clusters with no third one
    // between them. Clusters of fewer than `least` rows cannot be measured: they are apart from all, and no way leads
    // through them.
    void separate(const double* z, std::int64_t n, int d, const std::int32_t* label, const double* centers, int k,
                  double least, double* depth, double* barrier) {
        prepare(z, n, d, label, centers, k, true, false);
        std::fill(barrier, barrier + k * k, 1.0);
        for (int i = 0; i < k; ++i) {
            depth[i] = k > 1 ? std::numeric_limits<double>::infinity() : 0.0;
            barrier[i * k + i] = 0.0;
            for (const int j : near[i]) depth[i] = std::min(depth[i], between(z, d, centers, k, i, j).depth);
        }
        for (int i = 0; i < k; ++i)
            for (int j = i + 1; j < k; ++j)
                if (size(i) >= least && size(j) >= least && adjoin(i, j, k, least))
                    barrier[i * k + j] = barrier[j * k + i] = between(z, d, centers, k, i, j).depth;
        for (int via = 0; via < k; ++via)
            for (int i = 0; i < k; ++i)
                for (int j = 0; j < k; ++j)
                    barrier[i * k + j] =
                        std::min(barrier[i * k + j], std::max(barrier[i * k + via], barrier[via * k + j]));
    }

private:
    std::vector<std::int64_t> rows, offset, chosen;
    std::vector<double> apart, along, across, kept, curve, density, taps, residual, line, middle, step;
    std::vector<Gap> gaps;
    std::vector<char> known;
    std::vector<std::vector<int>> near;  // of each cluster: the nearest others, nearest first
    Dip dip;
    Detour detour;
    bool detours = false, dips = true, missing = false;

    void prepare(const double* z, std::int64_t n, int d, const std::int32_t* label, const double* centers, int k,
                 bool around, bool dipped) {
        detours = around;
        dips = dipped;
        missing = std::any_of(z, z + n * d, [](double v) { return v != v; });
        bucket(label, n, k);
        distances(centers, k, d);
        gaps.assign(static_cast<std::size_t>(k) * k, Gap{});
        known.assign(static_cast<std::size_t>(k) * k, 0);
        near.resize(static_cast<std::size_t>(k));
        for (int i = 0; i < k; ++i) neighbors(i, k);
    }

    double size(int cluster) const { return static_cast<double>(offset[cluster + 1] - offset[cluster]); }

    // Whether one is among the other's nearest, or no third cluster lies in the ball around both centers.
    bool adjoin(int a, int b, int k, double least) const {
        const auto among = [this](int i, int j) { return std::find(near[i].begin(), near[i].end(), j) != near[i].end(); };
        if (among(a, b) || among(b, a)) return true;
        for (int c = 0; c < k; ++c)
            if (c != a && c != b && size(c) >= least && apart[a * k + c] + apart[c * k + b] < apart[a * k + b]) return false;
        return true;
    }

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
        near[i].clear();
        for (int j = 0; j < k; ++j)
            if (j != i) near[i].push_back(j);
        const double* row = apart.data() + static_cast<std::size_t>(i) * k;
        std::stable_sort(near[i].begin(), near[i].end(), [row](int a, int b) { return row[a] < row[b]; });
        if (near[i].size() > NEIGHBORS) near[i].resize(NEIGHBORS);
    }

    const Gap& between(const double* z, int d, const double* centers, int k, int i, int j) {
        const int a = std::min(i, j), b = std::max(i, j);
        const std::size_t at = static_cast<std::size_t>(a) * k + b;
        if (!known[at]) {
            known[at] = 1;
            gaps[at] = gap(z, d, centers + static_cast<std::ptrdiff_t>(a) * d,
                           centers + static_cast<std::ptrdiff_t>(b) * d, a, b, apart[at], near[a][0] == b || near[b][0] == a);
        }
        return gaps[at];
    }

    Gap gap(const double* z, int d, const double* from, const double* to, int a, int b, double squared, bool nearest) {
        Gap result;
        if (!(squared > 0.0)) return result;
        project(z, d, from, to, a, squared, true);
        project(z, d, from, to, b, squared, false);
        select(d);
        result.depth = depth();
        if (dips && nearest && kept.size() >= 10) {
            std::sort(kept.begin(), kept.end());
            result.dip = std::sqrt(static_cast<double>(kept.size())) *
                         dip.of(kept.data(), static_cast<std::ptrdiff_t>(kept.size()));
        }
        if (detours && result.depth > SLIGHT) {
            leave(z, d, from, to, squared);
            result.depth = std::max(SLIGHT, std::min(result.depth, detour.depth(along, residual, line)));
        }
        return result;
    }

    // What is left of the projected rows when the line between the centers is taken away.
    void leave(const double* z, int d, const double* from, const double* to, double squared) {
        line.resize(static_cast<std::size_t>(d));
        for (int c = 0; c < d; ++c) line[c] = (to[c] - from[c]) / std::sqrt(squared);
        residual.assign(along.size() * static_cast<std::size_t>(d), 0.0);
        for (std::size_t r = 0; r < along.size(); ++r)
            for (int c = 0; c < d; ++c) {
                const double x = z[chosen[r] * d + c];
                if (x == x) residual[r * d + c] = x - 0.5 * (from[c] + to[c]) - along[r] * (to[c] - from[c]);
            }
    }

    // Position along the line of centers (they lie at -1/2 and 1/2) and squared distance from it. A row that lacks
    // values is measured in the columns it has, and left out when these see less than half of the way.
    void project(const double* z, int d, const double* from, const double* to, int cluster, double squared,
                 bool first) {
        if (first) along.clear(), across.clear(), chosen.clear();
        middle.resize(static_cast<std::size_t>(d));
        step.resize(static_cast<std::size_t>(d));
        for (int c = 0; c < d; ++c) middle[c] = 0.5 * (from[c] + to[c]), step[c] = to[c] - from[c];
        std::size_t at = along.size();
        const std::size_t most = at + static_cast<std::size_t>(offset[cluster + 1] - offset[cluster]);
        along.resize(most);
        across.resize(most);
        chosen.resize(most);
        for (std::int64_t r = offset[cluster]; r < offset[cluster + 1]; ++r) {
            const double* x = z + rows[r] * d;
            double dot = 0.0, length = 0.0, seen = squared;
            int present = d;
            if (!missing) {
                whole(x, d, dot, length);
            } else {
                partial(x, d, dot, length, seen, present);
                if (seen < 0.5 * squared) continue;
            }
            along[at] = dot / seen;
            chosen[at] = rows[r];
            across[at++] = std::max(0.0, length - dot * dot / seen) * d / present;
        }
        along.resize(at);
        across.resize(at);
        chosen.resize(at);
    }

    void whole(const double* x, int d, double& dot, double& length) const {  // two columns at a time
        double dots[2] = {0.0, 0.0}, lengths[2] = {0.0, 0.0};
        int c = 0;
        for (; c + 2 <= d; c += 2)
            for (int u = 0; u < 2; ++u) {
                const double away = x[c + u] - middle[c + u];
                dots[u] += away * step[c + u];
                lengths[u] += away * away;
            }
        if (c < d) dots[0] += (x[c] - middle[c]) * step[c], lengths[0] += (x[c] - middle[c]) * (x[c] - middle[c]);
        dot = dots[0] + dots[1];
        length = lengths[0] + lengths[1];
    }

    void partial(const double* x, int d, double& dot, double& length, double& seen, int& present) const {
        seen = 0.0;
        present = 0;
        for (int c = 0; c < d; ++c) {
            if (x[c] != x[c]) continue;
            const double away = x[c] - middle[c];
            dot += away * step[c];
            length += away * away;
            seen += step[c] * step[c];
            ++present;
        }
    }

    // Keeps what lies between the centers' far sides and near the line: the 60 % of rows with the least distance.
    void select(int d) {
        kept.clear();
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
        kept.resize(along.size());
        std::size_t count = 0;
        for (std::size_t r = 0; r < along.size(); ++r) {  // without a branch: which rows are kept is hard to foresee
            kept[count] = along[r];
            count += (std::fabs(along[r]) <= 1.0) & (across[r] <= limit);
        }
        kept.resize(count);
    }

    // 1 - density at the emptiest place near the border / the lower of the peaks on its two sides.
    double depth() {
        double rows[2] = {0.0, 0.0}, mean[2] = {0.0, 0.0}, square[2] = {0.0, 0.0};
        for (const double t : kept) {
            const int side = t >= 0.0;
            rows[side] += 1.0;
            mean[side] += t;
            square[side] += t * t;
        }
        if (rows[0] < 5.0 || rows[1] < 5.0) return 0.0;
        double narrow = 1.0;
        for (int side = 0; side < 2; ++side) {
            mean[side] /= rows[side];
            narrow = std::min(narrow, std::sqrt(std::max(0.0, square[side] / rows[side] - mean[side] * mean[side])));
        }
        estimate(std::max(0.02, 0.9 * narrow * std::pow(rows[0] + rows[1], -0.2)));
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

    // Gaussian kernel density of the kept positions, up to a factor: linear bins, then a truncated convolution.
    void estimate(double width) {
        const int pad = static_cast<int>(std::ceil(4.0 * width / STEP));
        taps.resize(2 * static_cast<std::size_t>(pad) + 1);
        for (int i = -pad; i <= pad; ++i) taps[i + pad] = std::exp(-0.5 * (i * STEP / width) * (i * STEP / width));
        std::vector<double>& bins = curve;
        bins.assign(2 * HALF + 2, 0.0);
        for (const double t : kept) {
            const double place = (t + 1.0) / STEP;
            const int bin = std::min(static_cast<int>(place), 2 * HALF);
            bins[bin] += 1.0 - (place - bin);
            bins[bin + 1] += place - bin;
        }
        density.assign(2 * REACH + 1, 0.0);
        for (int b = 0; b <= 2 * HALF + 1; ++b) {
            if (bins[b] == 0.0) continue;
            const int center = b - (HALF - REACH);  // of this bin, on the density's grid
            const double* tap = taps.data() + pad - center;
            const int last = std::min(2 * REACH, center + pad);
            for (int v = std::max(0, center - pad); v <= last; ++v) density[v] += bins[b] * tap[v];
        }
    }
};

}  // namespace coterie
