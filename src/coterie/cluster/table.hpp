// One data set as the kernel works on it: the caller's doubles, and floats in tiles for the passes over all rows.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <new>
#include <vector>

#include "passes.hpp"
#include "workers.hpp"

namespace coterie {

constexpr double INF = std::numeric_limits<double>::infinity();
constexpr double TIE = 1e-12;  // squared distances closer than this are a tie: the first cluster wins
constexpr std::int64_t CHUNK_TILES = 512, CHUNK = CHUNK_TILES * TILE;  // rows that one worker takes at a time

template <class T>
struct CacheLines {  // puts vectors on cache lines
    using value_type = T;
    CacheLines() = default;
    template <class U>
    CacheLines(const CacheLines<U>&) {}
    T* allocate(std::size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), std::align_val_t{64})); }
    void deallocate(T* p, std::size_t) { ::operator delete(p, std::align_val_t{64}); }
    template <class U>
    bool operator==(const CacheLines<U>&) const { return true; }
    template <class U>
    bool operator!=(const CacheLines<U>&) const { return false; }
};
template <class T>
using Buffer = std::vector<T, CacheLines<T>>;

inline double squared_distance(const double* x, const double* c, int d) {
    double sum = 0;
    for (int j = 0; j < d; ++j) {
        const double t = (x[j] - c[j]) * (x[j] - c[j]);
        sum += t == t ? t : 0.0;
    }
    return sum;
}

struct Near {
    int label;
    double first, second;  // squared distance to the labelled center, and to the nearest other one
};

// The rule that every engine follows: the first center within TIE of the least squared distance.
inline Near nearest(const double* x, const double* centers, int k, int d, double* distance) {
    double least = INF;
    for (int c = 0; c < k; ++c) {
        distance[c] = squared_distance(x, centers + static_cast<std::ptrdiff_t>(c) * d, d);
        least = std::min(least, distance[c]);
    }
    int label = 0;
    while (distance[label] > least + TIE) ++label;
    double second = INF;
    for (int c = 0; c < k; ++c)
        if (c != label) second = std::min(second, distance[c]);
    return {label, distance[label], second};
}

class Table {
public:
    const double* z;  // n × d, row by row; NaN = missing; every row has a value
    std::int64_t n, tiles;
    int d;
    bool missing = false;
    int width, stride;         // see Rows
    const double* values;      // what is summed up: z, or with missing values n × width, 0 for them, already without the mean
    std::vector<double> origin;  // what to take from it: the mean, or nothing
    double scale = 1;          // a power of two: floats hold (z - mean) scale, at most 1 in size
    double error = 0;          // see CenterTable
    std::vector<double> mean;  // of the values present
    Buffer<float> tile, floats, square;  // see Rows

    Table(const double* z, std::int64_t n, int d) : z(z), n(n), tiles((n + TILE - 1) / TILE), d(d), mean(d, 0.0) {}

    const double* row(std::int64_t i) const { return z + i * d; }
    std::int64_t chunks() const { return (tiles + CHUNK_TILES - 1) / CHUNK_TILES; }
    Rows rows_from(std::int64_t t) const {
        return {tile.data() + t * TILE * width, floats.data() + t * TILE * stride, square.data() + t * TILE, d, width, stride};
    }

    void prepare(Crew& crew, int worker) {
        struct Column {
            double sum = 0, count = 0, least = INF, most = -INF;
        };
        std::vector<std::vector<Column>> of(chunks(), std::vector<Column>(d));
        crew.share(worker, chunks(), [&](std::int64_t chunk, int) {
            for (std::int64_t i = chunk * CHUNK; i < std::min(n, (chunk + 1) * CHUNK); ++i)
                for (int j = 0; j < d; ++j) {
                    Column& column = of[chunk][j];
                    const double v = row(i)[j];
                    if (v != v) continue;
                    column.sum += v, column.count += 1;
                    column.least = std::min(column.least, v), column.most = std::max(column.most, v);
                }
        });
        double wide = 0, large = 0;  // the largest distance from the mean, and from 0
        for (int j = 0; j < d; ++j) {
            Column all;
            for (const std::vector<Column>& chunk : of) {
                all.sum += chunk[j].sum, all.count += chunk[j].count;
                all.least = std::min(all.least, chunk[j].least), all.most = std::max(all.most, chunk[j].most);
            }
            missing |= all.count < static_cast<double>(n);
            if (!(all.count > 0)) continue;
            mean[j] = all.sum / all.count;
            wide = std::max({wide, all.most - mean[j], mean[j] - all.least});
            large = std::max({large, all.most, -all.least});
        }
        int exponent = 0;
        if (wide > 0) std::frexp(wide, &exponent);
        scale = std::ldexp(1.0, -exponent);
        // Rounding of the floats, of their products and sums: |x||c| + |c|²/2 times this, at most; see `nearest`. Where
        // the mean is so large that even doubles lose digits, nothing is taken from floats.
        width = missing ? 2 * d : d;
        stride = (width + 3) / 4 * 4;
        error = 3.3 * (width + 4) * 0x1p-24;
        if (large * 0x1p-20 > wide) error = INF;
        fill(crew, worker);
    }

private:
    std::vector<double> filled;  // `values` where some are missing

    void fill(Crew& crew, int worker) {
        tile.resize(static_cast<std::size_t>(tiles) * TILE * width);
        floats.resize(static_cast<std::size_t>(tiles) * TILE * stride);
        square.resize(tiles * TILE);
        filled.resize(missing ? static_cast<std::size_t>(n) * width : 0);
        values = missing ? filled.data() : z;
        origin = missing ? std::vector<double>(width, 0.0) : mean;
        crew.share(worker, chunks(), [&](std::int64_t chunk, int) {
            for (std::int64_t i = chunk * CHUNK; i < std::min(tiles * TILE, (chunk + 1) * CHUNK); ++i) {
                float *column = tile.data() + (i / TILE) * width * TILE + i % TILE, *at = floats.data() + i * stride;
                double sum = 0;
                for (int j = 0; j < d; ++j) {
                    const double v = i < n ? row(i)[j] - mean[j] : 0.0;
                    const bool here = v == v;
                    at[j] = here ? static_cast<float>(v * scale) : 0.0f;
                    if (missing) at[d + j] = here;
                    if (missing && i < n) filled[i * width + j] = here ? v : 0.0, filled[i * width + d + j] = here;
                    sum += static_cast<double>(at[j]) * static_cast<double>(at[j]);
                }
                for (int j = 0; j < width; ++j) column[j * TILE] = at[j];
                square[i] = static_cast<float>(sum);
            }
        });
    }
};

}  // namespace coterie
