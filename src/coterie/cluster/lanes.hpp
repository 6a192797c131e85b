// Sixteen rows at a time: `Lane` holds one float of each, `Mask` a yes (all bits set) or no of each, in as many vectors
// of the processor as that takes. Only `fnma` and `inverse_root` differ from target to target: what they feed is a bound,
// or is decided in double where its last bits could matter (see passes.cpp).
#pragma once
#include <cstdint>
#include <cstring>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace coterie {
namespace COTERIE_TARGET {

#if defined(__AVX512F__)
constexpr int NATIVE = 16;
#elif defined(__AVX2__)
constexpr int NATIVE = 8;
#else
constexpr int NATIVE = 4;
#endif
constexpr int WIDTH = 16, PARTS = WIDTH / NATIVE;

template <class T, int N>
using Vector __attribute__((vector_size(sizeof(T) * N))) = T;
using Floats = Vector<float, NATIVE>;
using Ints = Vector<std::int32_t, NATIVE>;

template <class V, class T>
inline V read(const T* p) {
    V v;
    std::memcpy(&v, p, sizeof v);
    return v;
}

template <class V, class T>
inline void write(T* p, V v) {
    std::memcpy(p, &v, sizeof v);
}

#if defined(__AVX512F__)
inline std::uint32_t bits_of(Ints mask) { return _mm512_movepi32_mask(reinterpret_cast<__m512i>(mask)); }
inline Floats fnma(Floats a, Floats b, Floats c) { return _mm512_fnmadd_ps(a, b, c); }  // c - a b
inline Floats least(Floats a, Floats b) { return _mm512_min_ps(a, b); }
inline Floats most(Floats a, Floats b) { return _mm512_max_ps(a, b); }
inline Floats inverse_root(Floats a) { return _mm512_rsqrt14_ps(a); }
#elif defined(__AVX2__)
inline std::uint32_t bits_of(Ints mask) { return static_cast<std::uint32_t>(_mm256_movemask_ps(reinterpret_cast<__m256>(mask))); }
inline Floats fnma(Floats a, Floats b, Floats c) { return _mm256_fnmadd_ps(a, b, c); }
inline Floats least(Floats a, Floats b) { return _mm256_min_ps(a, b); }
inline Floats most(Floats a, Floats b) { return _mm256_max_ps(a, b); }
inline Floats inverse_root(Floats a) { return _mm256_rsqrt_ps(a); }
#else
inline std::uint32_t bits_of(Ints mask) {
    std::uint32_t bits = 0;
    for (int i = 0; i < NATIVE; ++i) bits |= (mask[i] & 1u) << i;
    return bits;
}
inline Floats fnma(Floats a, Floats b, Floats c) { return c - a * b; }
inline Floats least(Floats a, Floats b) { return a < b ? a : b; }
inline Floats most(Floats a, Floats b) { return a > b ? a : b; }
inline Floats inverse_root(Floats a) {  // within 1 in 500: half the exponent, then one of Newton's steps
    const Floats y = reinterpret_cast<Floats>(0x5f3759df - (reinterpret_cast<Ints>(a) >> 1));
    return y * (1.5f - 0.5f * a * y * y);
}
#endif

struct Mask {
    Ints part[PARTS];
    std::uint32_t bits() const {
        std::uint32_t found = 0;
        for (int i = 0; i < PARTS; ++i) found |= bits_of(part[i]) << i * NATIVE;
        return found;
    }
};

struct Lane {
    Floats part[PARTS];
    static Lane load(const float* p) {
        return each([&](int i) { return read<Floats>(p + i * NATIVE); });
    }
    static Lane all(float x) {
        return each([&](int) { return x - Floats{}; });
    }
    static Lane gather(const float* p, const std::int32_t* at) {
        float v[WIDTH];
        for (int i = 0; i < WIDTH; ++i) v[i] = p[at[i]];
        return load(v);
    }
    void store(float* p) const {
        for (int i = 0; i < PARTS; ++i) write(p + i * NATIVE, part[i]);
    }
    void store_as_int(std::int32_t* p) const {
        for (int i = 0; i < PARTS; ++i) write(p + i * NATIVE, __builtin_convertvector(part[i], Ints));
    }
    void scatter(float* p, const std::int32_t* at) const {
        float v[WIDTH];
        store(v);
        for (int i = 0; i < WIDTH; ++i) p[at[i]] = v[i];
    }
    template <class F>
    static Lane each(F f) {  // of each part
        Lane r;
        for (int i = 0; i < PARTS; ++i) r.part[i] = f(i);
        return r;
    }
};

template <class F>
inline Mask test(F f) {
    Mask r;
    for (int i = 0; i < PARTS; ++i) r.part[i] = f(i);
    return r;
}

inline Lane operator+(Lane a, Lane b) { return Lane::each([&](int i) { return a.part[i] + b.part[i]; }); }
inline Lane operator-(Lane a, Lane b) { return Lane::each([&](int i) { return a.part[i] - b.part[i]; }); }
inline Lane operator*(Lane a, Lane b) { return Lane::each([&](int i) { return a.part[i] * b.part[i]; }); }
inline Lane fnma(Lane a, Lane b, Lane c) { return Lane::each([&](int i) { return fnma(a.part[i], b.part[i], c.part[i]); }); }
inline Lane least(Lane a, Lane b) { return Lane::each([&](int i) { return least(a.part[i], b.part[i]); }); }
inline Lane most(Lane a, Lane b) { return Lane::each([&](int i) { return most(a.part[i], b.part[i]); }); }
inline Lane inverse_root(Lane a) { return Lane::each([&](int i) { return inverse_root(a.part[i]); }); }
inline Lane choose(Mask m, Lane yes, Lane no) {
    return Lane::each([&](int i) { return m.part[i] ? yes.part[i] : no.part[i]; });
}
inline Mask operator<(Lane a, Lane b) { return test([&](int i) { return a.part[i] < b.part[i]; }); }
inline Lane magnitude(Lane a) {
    return Lane::each([&](int i) { return reinterpret_cast<Floats>(reinterpret_cast<Ints>(a.part[i]) & 0x7fffffff); });
}
inline Mask equal(const std::int32_t* a, int b) { return test([&](int i) { return read<Ints>(a + i * NATIVE) == b; }); }
inline std::uint32_t differing(const std::int32_t* a, const std::int32_t* b) {
    return test([&](int i) { return read<Ints>(a + i * NATIVE) != read<Ints>(b + i * NATIVE); }).bits();
}
inline int append(std::uint32_t mask, std::int32_t first, std::int32_t* to) {  // first + i for each bit i
#if defined(__AVX512F__)
    const Ints steps = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const auto found = _mm512_maskz_compress_epi32(static_cast<__mmask16>(mask), reinterpret_cast<__m512i>(first + steps));
    _mm512_storeu_si512(to, found);
#else
    for (std::uint32_t left = mask; left; left &= left - 1) *to++ = first + __builtin_ctz(left);
#endif
    return __builtin_popcount(mask);
}
// The sum of sixteen values, in the same order for every width: the two halves of each, until one is left.
inline float total(Vector<float, 4> v) { return (v[0] + v[2]) + (v[1] + v[3]); }
inline float total(Vector<float, 8> v) {
    return total(__builtin_shufflevector(v, v, 0, 1, 2, 3) + __builtin_shufflevector(v, v, 4, 5, 6, 7));
}
inline float total(Vector<float, 16> v) {
    return total(__builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7) + __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15));
}
inline float total(Lane a) {
    for (int half = PARTS / 2; half > 0; half /= 2)
        for (int i = 0; i < half; ++i) a.part[i] += a.part[i + half];
    return total(a.part[0]);
}
inline Lane look_up(const float* table, int size, const std::int32_t* at) {  // the table is padded to 16 values
#if defined(__AVX2__) && !defined(__clang__)
    if (size <= 2 * NATIVE) {
        const Floats first = read<Floats>(table), second = size <= NATIVE ? first : read<Floats>(table + NATIVE);
        return Lane::each([&](int i) { return __builtin_shuffle(first, second, read<Ints>(at + i * NATIVE)); });
    }
#endif
    static_cast<void>(size);
    return Lane::gather(table, at);
}

// Sixteen rows become columns, four values of four rows at a time: to[j 16 + i] = rows[at[i] stride + j].
inline void transpose(const float* rows, int stride, const std::int32_t* at, float* to) {
    using Four = Vector<float, 4>;
    for (int i = 0; i < WIDTH; i += 4) {
        const float* row[4];
        for (int r = 0; r < 4; ++r) row[r] = rows + static_cast<std::int64_t>(at[i + r]) * stride;
        for (int j = 0; j < stride; j += 4) {
            const Four r0 = read<Four>(row[0] + j), r1 = read<Four>(row[1] + j);
            const Four r2 = read<Four>(row[2] + j), r3 = read<Four>(row[3] + j);
            const Four a = __builtin_shufflevector(r0, r1, 0, 4, 1, 5), b = __builtin_shufflevector(r2, r3, 0, 4, 1, 5);
            const Four c = __builtin_shufflevector(r0, r1, 2, 6, 3, 7), d = __builtin_shufflevector(r2, r3, 2, 6, 3, 7);
            float* column = to + j * WIDTH + i;
            write(column, __builtin_shufflevector(a, b, 0, 1, 4, 5));
            write(column + WIDTH, __builtin_shufflevector(a, b, 2, 3, 6, 7));
            write(column + 2 * WIDTH, __builtin_shufflevector(c, d, 0, 1, 4, 5));
            write(column + 3 * WIDTH, __builtin_shufflevector(c, d, 2, 3, 6, 7));
        }
    }
}

}  // namespace COTERIE_TARGET
}  // namespace coterie
