// Sixteen rows at a time: `Lane` holds one float of each, `Mask` a yes or no of each. Three ways to do the same
// arithmetic; only `fnma` and `inverse_root` (good to 1 in 2000) differ between them, and what they feed is a bound, or
// is decided in double where their last bits could matter (see passes.cpp).
#pragma once
#include <cmath>
#include <cstdint>

#if defined(__AVX512F__) || defined(__AVX2__)
#include <immintrin.h>
#endif

namespace coterie {
namespace COTERIE_TARGET {

constexpr int WIDTH = 16;

#if defined(__AVX512F__) || defined(__AVX2__)

inline float total_of_8(__m256 v) {
    __m128 h = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    h = _mm_add_ps(h, _mm_movehl_ps(h, h));
    return _mm_cvtss_f32(_mm_add_ss(h, _mm_movehdup_ps(h)));
}

#endif

#if defined(__AVX512F__)

struct Mask {
    __mmask16 m;
    std::uint32_t bits() const { return m; }
};

struct Lane {
    __m512 v;
    static Lane load(const float* p) { return {_mm512_loadu_ps(p)}; }
    static Lane all(float x) { return {_mm512_set1_ps(x)}; }
    void store(float* p) const { _mm512_storeu_ps(p, v); }
    void store_as_int(std::int32_t* p) const { _mm512_storeu_si512(p, _mm512_cvtps_epi32(v)); }
    void scatter(float* p, const std::int32_t* at) const { _mm512_i32scatter_ps(p, _mm512_loadu_si512(at), v, 4); }
};
inline Lane operator+(Lane a, Lane b) { return {_mm512_add_ps(a.v, b.v)}; }
inline Lane operator-(Lane a, Lane b) { return {_mm512_sub_ps(a.v, b.v)}; }
inline Lane operator*(Lane a, Lane b) { return {_mm512_mul_ps(a.v, b.v)}; }
inline Lane fnma(Lane a, Lane b, Lane c) { return {_mm512_fnmadd_ps(a.v, b.v, c.v)}; }  // c - a b
inline Lane least(Lane a, Lane b) { return {_mm512_min_ps(a.v, b.v)}; }
inline Lane most(Lane a, Lane b) { return {_mm512_max_ps(a.v, b.v)}; }
inline Lane inverse_root(Lane a) { return {_mm512_rsqrt14_ps(a.v)}; }
inline Lane magnitude(Lane a) { return {_mm512_abs_ps(a.v)}; }
inline Mask operator<(Lane a, Lane b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_LT_OQ)}; }
inline Lane or_zero(Lane a) { return {_mm512_maskz_mov_ps(_mm512_cmp_ps_mask(a.v, a.v, _CMP_ORD_Q), a.v)}; }
inline Lane if_present(Lane a, Lane b) { return {_mm512_maskz_mov_ps(_mm512_cmp_ps_mask(a.v, a.v, _CMP_ORD_Q), b.v)}; }
inline float total(Lane a) {
    const __m256 h = _mm256_add_ps(_mm512_castps512_ps256(a.v), _mm512_extractf32x8_ps(a.v, 1));
    return total_of_8(h);
}
inline int append(std::uint32_t mask, std::int32_t first, std::int32_t* to) {  // first + i for each bit i
    const __m512i steps = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    const __m512i ids = _mm512_add_epi32(_mm512_set1_epi32(first), steps);
    _mm512_storeu_si512(to, _mm512_maskz_compress_epi32(static_cast<__mmask16>(mask), ids));
    return __builtin_popcount(mask);
}
inline Lane choose(Mask m, Lane yes, Lane no) { return {_mm512_mask_blend_ps(m.m, no.v, yes.v)}; }
// Sixteen rows become columns: to[j 16 + i] = row[i][j]. Rows are padded to a multiple of four values.
inline void transpose(const float* const* row, int columns, float* to) {
    for (int j = 0; j < columns; j += 4) {
        __m512 v[4];  // rows r, r + 4, r + 8, r + 12
        for (int r = 0; r < 4; ++r) {
            const __m512 a = _mm512_insertf32x4(_mm512_castps128_ps512(_mm_loadu_ps(row[r] + j)), _mm_loadu_ps(row[r + 4] + j), 1);
            v[r] = _mm512_insertf32x4(_mm512_insertf32x4(a, _mm_loadu_ps(row[r + 8] + j), 2), _mm_loadu_ps(row[r + 12] + j), 3);
        }
        const __m512 a = _mm512_unpacklo_ps(v[0], v[1]), b = _mm512_unpacklo_ps(v[2], v[3]);
        const __m512 c = _mm512_unpackhi_ps(v[0], v[1]), d = _mm512_unpackhi_ps(v[2], v[3]);
        _mm512_storeu_ps(to + j * WIDTH, _mm512_shuffle_ps(a, b, 0x44));
        _mm512_storeu_ps(to + (j + 1) * WIDTH, _mm512_shuffle_ps(a, b, 0xee));
        _mm512_storeu_ps(to + (j + 2) * WIDTH, _mm512_shuffle_ps(c, d, 0x44));
        _mm512_storeu_ps(to + (j + 3) * WIDTH, _mm512_shuffle_ps(c, d, 0xee));
    }
}
inline Lane look_up(const float* table, int size, const std::int32_t* at) {  // table is padded to a multiple of 16
    const __m512i i = _mm512_loadu_si512(at);
    if (size <= 16) return {_mm512_permutexvar_ps(i, _mm512_loadu_ps(table))};
    if (size <= 32) return {_mm512_permutex2var_ps(_mm512_loadu_ps(table), i, _mm512_loadu_ps(table + 16))};
    return {_mm512_i32gather_ps(i, table, 4)};
}
inline Mask equal(const std::int32_t* a, int b) {
    return {_mm512_cmpeq_epi32_mask(_mm512_loadu_si512(a), _mm512_set1_epi32(b))};
}
inline std::uint32_t differing(const std::int32_t* a, const std::int32_t* b) {
    return _mm512_cmpneq_epi32_mask(_mm512_loadu_si512(a), _mm512_loadu_si512(b));
}
inline std::uint32_t differing_at(const std::int32_t* a, const std::int32_t* b, const std::int32_t* at) {
    return _mm512_cmpneq_epi32_mask(_mm512_loadu_si512(a), _mm512_i32gather_epi32(_mm512_loadu_si512(at), b, 4));
}

#elif defined(__AVX2__)

struct Mask {
    __m256 a, b;
    std::uint32_t bits() const {
        return static_cast<std::uint32_t>(_mm256_movemask_ps(a) | _mm256_movemask_ps(b) << 8);
    }
};

struct Lane {
    __m256 a, b;
    static Lane load(const float* p) { return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
    static Lane all(float x) { return {_mm256_set1_ps(x), _mm256_set1_ps(x)}; }
    void store(float* p) const {
        _mm256_storeu_ps(p, a);
        _mm256_storeu_ps(p + 8, b);
    }
    void store_as_int(std::int32_t* p) const {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm256_cvtps_epi32(a));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(p + 8), _mm256_cvtps_epi32(b));
    }
    void scatter(float* p, const std::int32_t* at) const {
        float v[WIDTH];
        store(v);
        for (int i = 0; i < WIDTH; ++i) p[at[i]] = v[i];
    }
};
inline Lane operator+(Lane x, Lane y) { return {_mm256_add_ps(x.a, y.a), _mm256_add_ps(x.b, y.b)}; }
inline Lane operator-(Lane x, Lane y) { return {_mm256_sub_ps(x.a, y.a), _mm256_sub_ps(x.b, y.b)}; }
inline Lane operator*(Lane x, Lane y) { return {_mm256_mul_ps(x.a, y.a), _mm256_mul_ps(x.b, y.b)}; }
inline Lane fnma(Lane x, Lane y, Lane z) { return {_mm256_fnmadd_ps(x.a, y.a, z.a), _mm256_fnmadd_ps(x.b, y.b, z.b)}; }
inline Lane least(Lane x, Lane y) { return {_mm256_min_ps(x.a, y.a), _mm256_min_ps(x.b, y.b)}; }
inline Lane most(Lane x, Lane y) { return {_mm256_max_ps(x.a, y.a), _mm256_max_ps(x.b, y.b)}; }
inline Lane inverse_root(Lane x) { return {_mm256_rsqrt_ps(x.a), _mm256_rsqrt_ps(x.b)}; }
inline Lane magnitude(Lane x) {
    const __m256 sign = _mm256_set1_ps(-0.0f);
    return {_mm256_andnot_ps(sign, x.a), _mm256_andnot_ps(sign, x.b)};
}
inline Mask operator<(Lane x, Lane y) {
    return {_mm256_cmp_ps(x.a, y.a, _CMP_LT_OQ), _mm256_cmp_ps(x.b, y.b, _CMP_LT_OQ)};
}
inline Lane if_present(Lane x, Lane y) {
    return {_mm256_and_ps(_mm256_cmp_ps(x.a, x.a, _CMP_ORD_Q), y.a), _mm256_and_ps(_mm256_cmp_ps(x.b, x.b, _CMP_ORD_Q), y.b)};
}
inline Lane or_zero(Lane x) { return if_present(x, x); }
inline float total(Lane x) { return total_of_8(_mm256_add_ps(x.a, x.b)); }
inline int append(std::uint32_t mask, std::int32_t first, std::int32_t* to) {
    int count = 0;
    for (; mask; mask &= mask - 1) to[count++] = first + __builtin_ctz(mask);
    return count;
}
inline Lane choose(Mask m, Lane yes, Lane no) {
    return {_mm256_blendv_ps(no.a, yes.a, m.a), _mm256_blendv_ps(no.b, yes.b, m.b)};
}
inline void transpose(const float* const* row, int columns, float* to) {
    for (int j = 0; j < columns; j += 4)
        for (int i = 0; i < WIDTH; i += 8) {
            __m256 v[4];  // rows r and r + 4
            for (int r = 0; r < 4; ++r)
                v[r] = _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(row[i + r] + j)), _mm_loadu_ps(row[i + r + 4] + j), 1);
            const __m256 a = _mm256_unpacklo_ps(v[0], v[1]), b = _mm256_unpacklo_ps(v[2], v[3]);
            const __m256 c = _mm256_unpackhi_ps(v[0], v[1]), d = _mm256_unpackhi_ps(v[2], v[3]);
            _mm256_storeu_ps(to + j * WIDTH + i, _mm256_shuffle_ps(a, b, 0x44));
            _mm256_storeu_ps(to + (j + 1) * WIDTH + i, _mm256_shuffle_ps(a, b, 0xee));
            _mm256_storeu_ps(to + (j + 2) * WIDTH + i, _mm256_shuffle_ps(c, d, 0x44));
            _mm256_storeu_ps(to + (j + 3) * WIDTH + i, _mm256_shuffle_ps(c, d, 0xee));
        }
}
inline Lane look_up(const float* table, int size, const std::int32_t* at) {
    const __m256i i = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
    const __m256i j = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + 8));
    if (size <= 8) {
        const __m256 t = _mm256_loadu_ps(table);
        return {_mm256_permutevar8x32_ps(t, i), _mm256_permutevar8x32_ps(t, j)};
    }
    return {_mm256_i32gather_ps(table, i, 4), _mm256_i32gather_ps(table, j, 4)};
}
inline __m256 equal_of_8(const std::int32_t* a, __m256i b) {
    return _mm256_castsi256_ps(_mm256_cmpeq_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(a)), b));
}
inline Mask equal(const std::int32_t* a, int b) {
    return {equal_of_8(a, _mm256_set1_epi32(b)), equal_of_8(a + 8, _mm256_set1_epi32(b))};
}
inline std::uint32_t differing(const std::int32_t* a, const std::int32_t* b) {
    const Mask same{equal_of_8(a, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(b))),
                    equal_of_8(a + 8, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(b + 8)))};
    return ~same.bits() & 0xffff;
}
inline std::uint32_t differing_at(const std::int32_t* a, const std::int32_t* b, const std::int32_t* at) {
    std::int32_t gathered[WIDTH];
    for (int i = 0; i < WIDTH; ++i) gathered[i] = b[at[i]];
    return differing(a, gathered);
}

#else  // plain C++: the compiler finds what the machine has

struct Mask {
    bool m[WIDTH];
    std::uint32_t bits() const {
        std::uint32_t found = 0;
        for (int i = 0; i < WIDTH; ++i) found |= static_cast<std::uint32_t>(m[i]) << i;
        return found;
    }
};

struct Lane {
    float v[WIDTH];
    static Lane load(const float* p) {
        Lane r;
        for (int i = 0; i < WIDTH; ++i) r.v[i] = p[i];
        return r;
    }
    static Lane all(float x) {
        Lane r;
        for (int i = 0; i < WIDTH; ++i) r.v[i] = x;
        return r;
    }
    void store(float* p) const {
        for (int i = 0; i < WIDTH; ++i) p[i] = v[i];
    }
    void store_as_int(std::int32_t* p) const {
        for (int i = 0; i < WIDTH; ++i) p[i] = static_cast<std::int32_t>(v[i]);
    }
    void scatter(float* p, const std::int32_t* at) const {
        for (int i = 0; i < WIDTH; ++i) p[at[i]] = v[i];
    }
};
template <class F>
inline Lane each(F f) {
    Lane r;
    for (int i = 0; i < WIDTH; ++i) r.v[i] = f(i);
    return r;
}
inline Lane operator+(Lane a, Lane b) { return each([&](int i) { return a.v[i] + b.v[i]; }); }
inline Lane operator-(Lane a, Lane b) { return each([&](int i) { return a.v[i] - b.v[i]; }); }
inline Lane operator*(Lane a, Lane b) { return each([&](int i) { return a.v[i] * b.v[i]; }); }
inline Lane fnma(Lane a, Lane b, Lane c) { return each([&](int i) { return c.v[i] - a.v[i] * b.v[i]; }); }
inline Lane least(Lane a, Lane b) { return each([&](int i) { return a.v[i] < b.v[i] ? a.v[i] : b.v[i]; }); }
inline Lane most(Lane a, Lane b) { return each([&](int i) { return a.v[i] > b.v[i] ? a.v[i] : b.v[i]; }); }
inline Lane inverse_root(Lane a) { return each([&](int i) { return 1.0f / std::sqrt(a.v[i]); }); }
inline Lane magnitude(Lane a) { return each([&](int i) { return std::fabs(a.v[i]); }); }
inline Mask operator<(Lane a, Lane b) {
    Mask r;
    for (int i = 0; i < WIDTH; ++i) r.m[i] = a.v[i] < b.v[i];
    return r;
}
inline Lane or_zero(Lane a) { return each([&](int i) { return a.v[i] == a.v[i] ? a.v[i] : 0.0f; }); }
inline Lane if_present(Lane a, Lane b) { return each([&](int i) { return a.v[i] == a.v[i] ? b.v[i] : 0.0f; }); }
inline float total(Lane a) {
    for (int half = WIDTH / 2; half > 0; half /= 2)
        for (int i = 0; i < half; ++i) a.v[i] += a.v[i + half];
    return a.v[0];
}
inline int append(std::uint32_t mask, std::int32_t first, std::int32_t* to) {
    int count = 0;
    for (int i = 0; i < WIDTH; ++i)
        if (mask >> i & 1) to[count++] = first + i;
    return count;
}
inline void transpose(const float* const* row, int columns, float* to) {
    for (int j = 0; j < columns; ++j)
        for (int i = 0; i < WIDTH; ++i) to[j * WIDTH + i] = row[i][j];
}
inline Lane choose(Mask m, Lane yes, Lane no) { return each([&](int i) { return m.m[i] ? yes.v[i] : no.v[i]; }); }
inline Lane look_up(const float* table, int, const std::int32_t* at) { return each([&](int i) { return table[at[i]]; }); }
inline Mask equal(const std::int32_t* a, int b) {
    Mask r;
    for (int i = 0; i < WIDTH; ++i) r.m[i] = a[i] == b;
    return r;
}
inline std::uint32_t differing(const std::int32_t* a, const std::int32_t* b) {
    std::uint32_t found = 0;
    for (int i = 0; i < WIDTH; ++i) found |= static_cast<std::uint32_t>(a[i] != b[i]) << i;
    return found;
}
inline std::uint32_t differing_at(const std::int32_t* a, const std::int32_t* b, const std::int32_t* at) {
    std::uint32_t found = 0;
    for (int i = 0; i < WIDTH; ++i) found |= static_cast<std::uint32_t>(a[i] != b[at[i]]) << i;
    return found;
}

#endif

}  // namespace COTERIE_TARGET
}  // namespace coterie
