// Many fits at once: every job is a task, its starts and rounds of swaps are pieces that idle threads help with.
#pragma once
#include <memory>

#include "search.hpp"

namespace coterie {

constexpr int SWAP_ROUND = 20, MOST_ROUNDS = 10;  // swaps from one start before the next best gets its turn
constexpr double SAME = 1e-4;  // inertias closer than this share are the same solution

struct Job {
    int k, data, weight;
    std::uint64_t seed;
    int starts, swaps, enough;  // enough: stop once the best inertia was reached so often; 0 = never
};

struct Answer {
    Solution best;
    int starts = 0, hits = 0;
    double runner_up = std::nan("");
    std::vector<double> runner_up_centers;
};

class Batch {
public:
    Batch(std::vector<Table>& tables, const std::vector<const double*>& weights, const std::vector<Job>& jobs, bool labels)
        : tables(tables), weights(weights), jobs(jobs), labels(labels) {}

    template <class Watch>
    std::vector<Answer> run(int threads, Watch watch) {
        Crew crew(threads);
        std::vector<Scratch> scratch(threads);
        prepare(crew);
        for (int worker = 0; worker < threads; ++worker)
            searches.push_back(std::make_unique<Search>(crew, worker, scratch));
        std::vector<std::size_t> order(jobs.size());  // the longest first: what is left for the end is short
        std::iota(order.begin(), order.end(), 0);
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return effort(a) > effort(b); });
        std::vector<Answer> answers(jobs.size());
        crew.run(static_cast<std::int64_t>(jobs.size()),
                 [&](std::int64_t i, int worker) { answers[order[i]] = fit(jobs[order[i]], crew, worker); }, watch);
        return answers;
    }

private:
    std::vector<Table>& tables;
    const std::vector<const double*>& weights;
    const std::vector<Job>& jobs;
    bool labels;
    std::vector<std::unique_ptr<Search>> searches;  // one a worker

    double effort(std::size_t j) const {
        const Job& job = jobs[j];
        return static_cast<double>(tables[job.data].n) * job.k * (job.starts + job.swaps);
    }

    void prepare(Crew& crew) {
        std::int64_t cells = 0;
        for (const Table& t : tables) cells += t.n * t.d;
        if (cells < 100000) {  // starting threads would take longer
            for (Table& t : tables) t.prepare(crew, 0);
            return;
        }
        crew.run(static_cast<std::int64_t>(tables.size()),
                 [&](std::int64_t i, int worker) { tables[i].prepare(crew, worker); }, [](std::int64_t) {});
    }

    Search& ready(const Job& job, int worker) const {
        searches[worker]->take(tables[job.data], job.weight < 0 ? nullptr : weights[job.weight], job.k);
        return *searches[worker];
    }

    // The solution of each start that counts, in their own order, whichever thread ended first.
    std::vector<Solution> starts(const Job& job, Crew& crew, int worker) const {
        std::vector<Solution> found(job.starts);
        std::atomic<std::int64_t> wanted{job.starts};
        std::mutex mutex;
        crew.share(worker, job.starts, [&](std::int64_t s, int helper) {
            if (s >= wanted) return;
            Solution solution = ready(job, helper).start(job.seed, static_cast<std::uint64_t>(s));
            const std::lock_guard<std::mutex> lock(mutex);
            found[s] = std::move(solution);
            if (job.enough > 0) wanted = enough(found, job);
        });
        found.resize(wanted);
        return found;
    }

    // How many starts it takes to hit the best of them often enough, as far as all before have ended.
    static std::int64_t enough(const std::vector<Solution>& found, const Job& job) {
        double best = INF;
        for (std::int64_t s = 0; s < job.starts && found[s].inertia < INF; ++s) {
            best = std::min(best, found[s].inertia);
            const auto hit = [&](const Solution& f) { return f.inertia <= best * (1 + SAME); };
            if (std::count_if(found.begin(), found.begin() + s + 1, hit) >= job.enough) return s + 1;
        }
        return job.starts;
    }

    // Swaps, in rounds, each from another of the best starts.
    Solution improved(const std::vector<Solution>& found, const Job& job, Crew& crew, int worker) const {
        std::vector<const Solution*> order, distinct;
        for (const Solution& f : found) order.push_back(&f);
        std::stable_sort(order.begin(), order.end(), [](auto a, auto b) { return a->inertia < b->inertia; });
        if (job.swaps == 0) return *order.front();
        for (const Solution* f : order)
            if (distinct.empty() || f->inertia > distinct.back()->inertia * (1 + SAME)) distinct.push_back(f);
        const int wide = std::min((job.swaps + SWAP_ROUND - 1) / SWAP_ROUND, MOST_ROUNDS);
        std::vector<Solution> rounds(std::min<std::size_t>(wide, distinct.size()));
        crew.share(worker, static_cast<std::int64_t>(rounds.size()), [&](std::int64_t r, int helper) {
            rounds[r] = *distinct[r];
            Search& search = ready(job, helper);
            search.swap(rounds[r], job.swaps / static_cast<int>(rounds.size()), job.seed, r);
            search.refine(rounds[r]);
        });
        return *std::min_element(rounds.begin(), rounds.end(), [](auto& a, auto& b) { return a.inertia < b.inertia; });
    }

    Answer fit(const Job& job, Crew& crew, int worker) const {
        const std::vector<Solution> found = starts(job, crew, worker);
        const Solution best = improved(found, job, crew, worker);
        if (job.starts > 1) ready(job, worker);  // else its state is already that of the best solution
        Answer answer;
        answer.best = searches[worker]->finish(best);
        if (!labels) std::vector<std::int32_t>().swap(answer.best.label);
        answer.starts = static_cast<int>(found.size());
        const double limit = answer.best.inertia * (1 + SAME);
        const Solution* second = nullptr;
        for (const Solution& f : found) {
            if (f.inertia <= limit) ++answer.hits;
            else if (!second || f.inertia < second->inertia) second = &f;
        }
        if (second) {
            answer.runner_up = second->inertia;
            const std::size_t d = second->centers.size() / second->sizes.size();
            for (int c : canonical(second->centers, second->sizes))
                for (std::size_t j = 0; j < d; ++j) answer.runner_up_centers.push_back(second->centers[c * d + j]);
        }
        return answer;
    }
};

}  // namespace coterie
