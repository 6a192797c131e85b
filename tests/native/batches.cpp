// Random batches of fits, of all sizes and for every target, for the sanitizers to watch.
#include <cstdio>
#include <random>

#include "batch.hpp"

using namespace coterie;

int main() {
    std::mt19937 random(1);
    const auto any = [&](int from, int to) { return from + static_cast<int>(random() % static_cast<unsigned>(to - from + 1)); };
    std::normal_distribution<double> normal;
    for (int round = 0; round < 40; ++round) {
        const char* targets[] = {"plain", "avx2", "avx512"};
        choose_passes(targets[round % 3]);  // stays what it was where the processor cannot do that
        const int count = any(1, 4);
        std::vector<std::vector<double>> data;
        std::vector<int> widths;
        std::vector<Table> tables;
        for (int t = 0; t < count; ++t) {
            const int n = any(20, round % 8 == 0 && t == 0 ? 20000 : 600), d = any(1, 12);
            widths.push_back(d);
            const bool missing = any(0, 2) == 0;
            std::vector<double>& z = data.emplace_back(static_cast<std::size_t>(n) * d);
            for (std::size_t i = 0; i < z.size(); ++i)
                z[i] = missing && i % d > 0 && any(0, 9) == 0 ? std::nan("") : normal(random);
        }
        for (int t = 0; t < count; ++t)
            tables.emplace_back(data[t].data(), static_cast<std::int64_t>(data[t].size()) / widths[t], widths[t]);
        std::vector<double> twice(240000);
        for (double& w : twice) w = any(0, 2);
        const std::vector<const double*> weights{twice.data()};
        std::vector<Job> jobs;
        for (int j = any(1, 40); j > 0; --j)
            jobs.push_back({any(1, 6), any(0, count - 1), any(-1, 0), static_cast<std::uint64_t>(j), any(1, 6),
                            any(0, 2) ? 0 : any(1, 45), any(0, 1) * 3});
        Batch(tables, weights, jobs, any(0, 1) == 1).run(any(1, 4), [](std::int64_t) {});
        for (int r = 0; r < 10; ++r) Crew(any(1, 4)).run(any(0, 9), [](std::int64_t, int) {}, [](std::int64_t) {});
    }
    std::puts("done");
}
