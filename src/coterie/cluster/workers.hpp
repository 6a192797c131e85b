// Threads that take tasks from a counter, and help with pieces of each other's tasks when no task is left.
#pragma once
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace coterie {

struct Stopped {};  // thrown inside a worker when the caller gave up

class Crew {
public:
    explicit Crew(int threads) : threads(threads) {}
    const int threads;

    // Called before each part of a long task, with about how many rows it looks at.
    void check(int worker, std::int64_t rows) {
        if (stop.load(std::memory_order_relaxed)) throw Stopped{};
        if (worker != 0 || (unwatched += rows) < WATCHED_ROWS) return;
        unwatched = 0;
        if (Clock::now() - watched < PATIENCE) return;
        watched = Clock::now();
        watch_once();
    }

    // Calls task(i, worker) for every i < count; the calling thread is worker 0, and calls `watch(done)` about twenty
    // times a second. What that throws stops the work and is thrown from here once every thread has ended.
    template <class Task, class Watch>
    void run(std::int64_t count, Task task, Watch watch) {
        next = 0;
        done = 0;
        running = threads;
        unwatched = 0;
        watched = Clock::now();
        watch_once = [&] { watch(done.load()); };
        auto work = [&](int worker) {
            try {
                for (std::int64_t i; (i = next.fetch_add(1)) < count;) {
                    check(worker, WATCHED_ROWS);
                    task(i, worker);
                    done.fetch_add(1);
                }
            } catch (const Stopped&) {
            } catch (...) {
                fail();
            }
            std::unique_lock<std::mutex> lock(mutex);
            --running;
            changed.notify_all();
            help(lock, worker);
        };
        std::vector<std::thread> pool;
        for (int worker = 1; worker < threads; ++worker) pool.emplace_back(work, worker);
        work(0);
        for (auto& thread : pool) thread.join();
        if (failure) std::rethrow_exception(failure);
        watch(count);
    }

    // Calls piece(i, worker) for every i < count, from a task; workers without a task help.
    template <class Piece>
    void share(int worker, std::int64_t count, const Piece& piece) {
        if (threads == 1 || count == 1) {
            for (std::int64_t i = 0; i < count; ++i) piece(i, worker);
            return;
        }
        const std::function<void(std::int64_t, int)> any = std::cref(piece);
        offer_to_all(worker, count, any);
    }

private:
    struct Offer {
        const std::function<void(std::int64_t, int)>* piece;
        std::int64_t count;
        std::atomic<std::int64_t> next{0};
        int helpers = 0;
        Offer(const std::function<void(std::int64_t, int)>* piece, std::int64_t count) : piece(piece), count(count) {}
    };
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::milliseconds PATIENCE{50};
    static constexpr std::int64_t WATCHED_ROWS = 1 << 16;  // rows between two looks at the clock
    std::function<void()> watch_once;
    Clock::time_point watched;
    std::int64_t unwatched = 0;  // rows since the last look
    alignas(64) std::atomic<bool> stop{false};
    std::atomic<std::int64_t> next{0}, done{0};
    int running = 0;  // workers that still have tasks
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<Offer*> offers;
    std::exception_ptr failure;

    void fail() {
        const std::lock_guard<std::mutex> lock(mutex);
        if (!failure) failure = std::current_exception();
        stop = true;
    }

    void offer_to_all(int worker, std::int64_t count, const std::function<void(std::int64_t, int)>& piece) {
        Offer offer{&piece, count};
        bool offered;
        {
            const std::lock_guard<std::mutex> lock(mutex);
            offered = running < threads;
            if (offered) offers.push_back(&offer);
        }
        if (offered) changed.notify_all();
        take(offer, worker);
        if (offered) {
            std::unique_lock<std::mutex> lock(mutex);
            offers.erase(std::remove(offers.begin(), offers.end(), &offer), offers.end());
            changed.wait(lock, [&] { return offer.helpers == 0; });
        }
        check(worker, 0);  // a piece that failed has stopped everything
    }

    void take(Offer& offer, int worker) {
        try {
            for (std::int64_t i; (i = offer.next.fetch_add(1)) < offer.count;) (*offer.piece)(i, worker);
        } catch (const Stopped&) {
        } catch (...) {
            fail();
        }
    }

    void watch_unlocked(std::unique_lock<std::mutex>& lock) {
        lock.unlock();
        try {
            watch_once();
        } catch (...) {
            fail();
        }
        lock.lock();
    }

    void help(std::unique_lock<std::mutex>& lock, int worker) {
        for (;;) {
            const auto awaited = [&] { return running == 0 || !offers.empty(); };
            while (!changed.wait_for(lock, PATIENCE, awaited))
                if (worker == 0) watch_unlocked(lock);
            if (offers.empty()) return;
            Offer& offer = *offers.back();
            if (offer.next.load() >= offer.count) {
                offers.pop_back();
                continue;
            }
            ++offer.helpers;
            lock.unlock();
            take(offer, worker);
            lock.lock();
            --offer.helpers;
            changed.notify_all();
        }
    }
};

}  // namespace coterie
