// Hartigan's dip: the distance of an empirical distribution from the nearest unimodal one.
//
// Hartigan and Hartigan (1985): between the greatest convex minorant (through the feet of the steps) and the least
// concave majorant (through their heads) lies a largest gap; the modal interval shrinks to it, and what the hulls
// miss outside it is a lower bound of twice the dip. It ends when the gap is no larger than that bound.
#pragma once
#include <algorithm>
#include <cstddef>
#include <vector>

namespace coterie {

// The corners of the convex (sign 1) or concave (sign -1) hull of (x, y) over [low, high], x ascending.
inline void hull(std::vector<std::ptrdiff_t>& corners, const double* x, const double* y, std::ptrdiff_t low,
                 std::ptrdiff_t high, double sign) {
    corners.clear();
    for (std::ptrdiff_t i = low; i <= high; ++i) {
        while (corners.size() >= 2) {
            const std::ptrdiff_t a = corners[corners.size() - 2], b = corners.back();
            if (sign * ((y[b] - y[a]) * (x[i] - x[a]) - (y[i] - y[a]) * (x[b] - x[a])) < 0.0) break;
            corners.pop_back();
        }
        corners.push_back(i);
    }
}

// The line through (x, y) at a and b, at i.
inline double chord(const double* x, const double* y, std::ptrdiff_t a, std::ptrdiff_t b, std::ptrdiff_t i) {
    return y[a] + (y[b] - y[a]) * ((x[i] - x[a]) / (x[b] - x[a]));
}

class Dip {
public:
    // The dip of m ascending values. Memory is kept between calls.
    double of(const double* values, std::ptrdiff_t m) {
        if (m < 2 || values[0] == values[m - 1]) return 0.0;
        steps(values, m);
        std::ptrdiff_t low = 0, high = static_cast<std::ptrdiff_t>(x.size()) - 1;
        double bound = 1.0;  // twice the dip, in rows: half a row's own step is always missed
        while (low < high) {
            hull(minorant, x.data(), foot.data(), low, high, 1.0);
            hull(majorant, x.data(), head.data(), low, high, -1.0);
            std::ptrdiff_t from = low, to = high;
            if (widest(from, to) <= bound) break;
            bound = std::max({bound, below(from), above(to)});
            if (from == low && to == high) break;
            low = from;
            high = to;
        }
        return bound / (2.0 * static_cast<double>(m));
    }

private:
    std::vector<double> x, foot, head;  // one entry a distinct value: rows before it, rows up to it
    std::vector<std::ptrdiff_t> minorant, majorant;

    void steps(const double* values, std::ptrdiff_t m) {
        x.clear();
        foot.clear();
        head.clear();
        for (std::ptrdiff_t i = 0, j = 0; i < m; i = j) {
            while (j < m && values[j] == values[i]) ++j;
            x.push_back(values[i]);
            foot.push_back(static_cast<double>(i));
            head.push_back(static_cast<double>(j));
        }
    }

    // The largest distance between the two hulls, which lies at a corner, and the interval around it.
    double widest(std::ptrdiff_t& from, std::ptrdiff_t& to) const {
        double gap = 0.0;
        std::size_t j = 0;
        for (const std::ptrdiff_t corner : minorant) {
            while (j + 2 < majorant.size() && majorant[j + 1] <= corner) ++j;
            const double d = chord(x.data(), head.data(), majorant[j], majorant[j + 1], corner) - foot[corner];
            if (d > gap) gap = d, from = corner, to = majorant[j + 1];
        }
        std::size_t i = 0;
        for (const std::ptrdiff_t corner : majorant) {
            while (i + 2 < minorant.size() && minorant[i + 1] < corner) ++i;
            const double d = head[corner] - chord(x.data(), foot.data(), minorant[i], minorant[i + 1], corner);
            if (d > gap) gap = d, from = minorant[i], to = corner;
        }
        return gap;
    }

    // How far the heads rise above the minorant before `from`, and the feet lie below the majorant after `to`.
    double below(std::ptrdiff_t from) const {
        double most = 0.0;
        for (std::size_t c = 0; c + 1 < minorant.size() && minorant[c + 1] <= from; ++c)
            for (std::ptrdiff_t i = minorant[c]; i <= minorant[c + 1]; ++i)
                most = std::max(most, head[i] - chord(x.data(), foot.data(), minorant[c], minorant[c + 1], i));
        return most;
    }

    double above(std::ptrdiff_t to) const {
        double most = 0.0;
        for (std::size_t c = 0; c + 1 < majorant.size(); ++c) {
            if (majorant[c] < to) continue;
            for (std::ptrdiff_t i = majorant[c]; i <= majorant[c + 1]; ++i)
                most = std::max(most, chord(x.data(), head.data(), majorant[c], majorant[c + 1], i) - foot[i]);
        }
        return most;
    }
};

}  // namespace coterie
