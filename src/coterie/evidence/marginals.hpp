// Unimodal margins: the nearest distribution function with one mode, and draws that follow such functions.
#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "dip.hpp"

namespace coterie {

struct Unimodal {
    std::vector<double> x, height;  // corners of the distribution function; a repeated x is a jump
    double distance = 2.0;          // from the empirical one, over both one-sided limits
};

// The best of the candidate modes: convex through the feet of the steps before it, concave through the heads after
// it, with a jump allowed at the mode only. Before the mode the head of a step is the farther limit, after it the foot.
inline Unimodal unimodal(const double* x, const double* foot, const double* head, std::ptrdiff_t m,
                         const std::int64_t* modes, std::size_t count) {
    Unimodal best;
    std::vector<std::ptrdiff_t> left, right;
    for (std::size_t c = 0; c < count; ++c) {
        hull(left, x, foot, 0, static_cast<std::ptrdiff_t>(modes[c]), 1.0);
        hull(right, x, head, static_cast<std::ptrdiff_t>(modes[c]), m - 1, -1.0);
        double distance = 0.0;
        for (std::size_t s = 0; s + 1 < left.size(); ++s)
            for (std::ptrdiff_t i = left[s]; i < left[s + 1]; ++i)
                distance = std::max(distance, head[i] - chord(x, foot, left[s], left[s + 1], i));
        for (std::size_t s = 0; s + 1 < right.size(); ++s)
            for (std::ptrdiff_t i = right[s] + 1; i <= right[s + 1]; ++i)
                distance = std::max(distance, chord(x, head, right[s], right[s + 1], i) - foot[i]);
        if (distance >= best.distance) continue;
        best = Unimodal{{}, {}, distance};
        for (const auto i : left) best.x.push_back(x[i]), best.height.push_back(foot[i]);
        for (const auto i : right) best.x.push_back(x[i]), best.height.push_back(head[i]);
    }
    return best;
}

// Draws from a distribution function given by its corners; a table of first guesses keeps the search short.
class Margin {
public:
    Margin(const double* x, const double* height, std::size_t corners) : x(x), height(height), corners(corners) {
        std::size_t at = 0;
        for (std::size_t g = 0; g < guide.size(); ++g) {
            while (at < corners && height[at] <= static_cast<double>(g) / GUIDES) ++at;
            guide[g] = at;
        }
    }

    double draw(double normal) const {
        const double u = 0.5 * std::erfc(-normal * 0.70710678118654752440);
        std::size_t i = guide[std::min(GUIDES - 1, static_cast<std::size_t>(u * GUIDES))];
        while (i < corners && height[i] <= u) ++i;  // the first corner above u
        if (i == 0) return x[0];
        if (i == corners) return x[corners - 1];
        return x[i - 1] + (x[i] - x[i - 1]) * ((u - height[i - 1]) / (height[i] - height[i - 1]));
    }

private:
    static constexpr std::size_t GUIDES = 1024;
    const double *x, *height;
    std::size_t corners;
    std::array<std::size_t, GUIDES> guide{};
};

}  // namespace coterie
