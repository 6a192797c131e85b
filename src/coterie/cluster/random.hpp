// Counter-based random numbers: a number depends on its key alone, never on who asked first.
#pragma once
#include <cstdint>

namespace coterie {

inline std::uint64_t scramble(std::uint64_t z) {  // a bijection of 64 bits; every input bit reaches every output bit
    z += 0x9e3779b97f4a7c15ULL;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

// Uniform in [0, 1) for one draw, named by where it is used.
inline double uniform(std::uint64_t seed, std::uint64_t start, std::uint64_t round, std::uint64_t candidate) {
    const std::uint64_t z = scramble(scramble(scramble(scramble(seed) ^ start) ^ round) ^ candidate);
    return static_cast<double>(z >> 11) * 0x1p-53;
}

}  // namespace coterie
