// Many fits at once: every start of every job is a task, and the last one to end picks the best and finishes it.
#pragma once
#include <memory>

#include "search.hpp"

namespace coterie {

constexpr int SWAP_ROUND = 20;  // swaps from one start before the next best start gets its turn
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
        : tables(tables), weights(weights), jobs(jobs), labels(labels), answers(jobs.size()), states(jobs.size()) {
        for (std::size_t j = 0; j < jobs.size(); ++j) {
            states[j].found.resize(jobs[j].starts);
            for (int s = 0; s < jobs[j].starts; ++s) tasks.push_back({j, s});
        }
        // The longest first: what is left for the end is short. Which task runs when decides nothing.
        std::stable_sort(tasks.begin(), tasks.end(), [&](const auto& a, const auto& b) { return effort(a.first) > effort(b.first); });
    }

    template <class Watch>
    std::vector<Answer> run(int threads, Watch watch) {
        Crew crew(threads);
        std::vector<Scratch> scratch(threads);
        prepare(crew);
        for (int worker = 0; worker < threads; ++worker)
            searches.push_back(std::make_unique<Search>(crew, worker, scratch));
        crew.run(static_cast<std::int64_t>(tasks.size()),
                 [&](std::int64_t i, int worker) { start(tasks[i].first, tasks[i].second, crew, worker); },
                 [&](std::int64_t) { watch(jobs_done.load()); });
        return std::move(answers);
    }

private:
    struct State {
        std::mutex mutex;
        std::vector<Solution> found;  // of each start; inertia infinite until it ended
        int ended = 0;
        int wanted = 0;  // starts that count; 0: not decided yet
    };
    std::vector<Table>& tables;
    const std::vector<const double*>& weights;
    const std::vector<Job>& jobs;
    bool labels;
    std::vector<Answer> answers;
    std::vector<State> states;
    std::vector<std::pair<std::size_t, int>> tasks;
    std::vector<std::unique_ptr<Search>> searches;  // one a worker
    std::atomic<std::int64_t> jobs_done{0};

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

    void take(const Job& job, Search& search) const {
        search.take(tables[job.data], job.weight < 0 ? nullptr : weights[job.weight], job.k);
    }

    void start(std::size_t j, int number, Crew& crew, int worker) {
        const Job& job = jobs[j];
        Search& search = *searches[worker];
        State& state = states[j];
        bool needed;
        {
            const std::lock_guard<std::mutex> lock(state.mutex);
            needed = state.wanted == 0;
        }
        if (needed) {
            take(job, search);
            Solution found = search.start(job.seed, static_cast<std::uint64_t>(number));
            const std::lock_guard<std::mutex> lock(state.mutex);
            state.found[number] = std::move(found);
            if (job.enough > 0 && state.wanted == 0) decide(job, state);
        }
        {
            const std::lock_guard<std::mutex> lock(state.mutex);
            if (++state.ended < job.starts) return;
        }
        finish(j, crew, worker);
        jobs_done.fetch_add(1);
    }

    // Starts count in their own order, whichever thread ended first: the first so many that hit the best often enough.
    static void decide(const Job& job, State& state) {
        double best = INF;
        for (int s = 0; s < job.starts && state.found[s].inertia < INF; ++s) {
            best = std::min(best, state.found[s].inertia);
            int hits = 0;
            for (int i = 0; i <= s; ++i) hits += state.found[i].inertia <= best * (1 + SAME);
            if (hits >= job.enough) {
                state.wanted = s + 1;
                return;
            }
        }
    }

    // Swaps, in rounds of SWAP_ROUND, each from another of the best starts.
    Solution improved(const std::vector<Solution>& found, const Job& job, Crew& crew, int worker) {
        std::vector<const Solution*> order, distinct;
        for (const Solution& f : found) order.push_back(&f);
        std::stable_sort(order.begin(), order.end(), [](auto a, auto b) { return a->inertia < b->inertia; });
        if (job.swaps == 0) return *order.front();
        for (const Solution* f : order)
            if (distinct.empty() || f->inertia > distinct.back()->inertia * (1 + SAME)) distinct.push_back(f);
        std::vector<Solution> rounds(std::min<std::size_t>((job.swaps + SWAP_ROUND - 1) / SWAP_ROUND, distinct.size()));
        crew.share(worker, static_cast<std::int64_t>(rounds.size()), [&](std::int64_t r, int helper) {
            rounds[r] = *distinct[r];
            take(job, *searches[helper]);
            searches[helper]->swap(rounds[r], job.swaps / static_cast<int>(rounds.size()), job.seed, r);
            searches[helper]->refine(rounds[r]);
        });
        return *std::min_element(rounds.begin(), rounds.end(), [](auto& a, auto& b) { return a.inertia < b.inertia; });
    }

    void finish(std::size_t j, Crew& crew, int worker) {
        const Job& job = jobs[j];
        Search& search = *searches[worker];
        std::vector<Solution>& found = states[j].found;
        found.resize(states[j].wanted > 0 ? states[j].wanted : job.starts);
        const Solution best = improved(found, job, crew, worker);
        if (job.starts > 1) take(job, search);
        Answer& answer = answers[j];
        answer.best = search.finish(best);
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
        std::vector<Solution>().swap(found);
    }
};

}  // namespace coterie
