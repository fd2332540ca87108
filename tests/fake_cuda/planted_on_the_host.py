"""Mistakes in what the host does on a GPU's path (see planting.py). What a CPU does too is spoilt on a GPU alone."""

DEVICE, SIMULATOR, OPERATORS = "train/device.cpp", "sim/simulator.cpp", "kernels/devices.h"
CAPTURED, TRAINER, ROLLOUT = "train/cuda_graph.cpp", "train/trainer.cpp", "train/rollout.cpp"
TRAJECTORY = "train/trajectory.cpp"
METRICS, OPPONENTS, MEMORY = "train/metrics_reader.cpp", "train/opponents.cpp", "train/memory.cpp"
PPO, ADAM, UPDATE, GRADIENT = "train/ppo.cpp", "train/adam.cpp", "train/gradient/matmul.cpp", "train/gradient/matmul.cpp"
RETURNS, NETWORK, LOSS = "train/returns.cpp", "policy/network.cpp", "kernels/cuda/policy_loss.cu"

ROW_OF_LOSS = "if (m < arrays.rows)"

ON_THE_HOST = [
    # Devices
    ("a device without its number", DEVICE, "if (!device.is_cpu() && !device.has_index())", "if (false)"),
    ("one device too many allowed", DEVICE, "device.index() >= static_cast<int>(torch::cuda::device_count())",
     "device.index() > static_cast<int>(torch::cuda::device_count())"),
    ("bfloat16 not used by a GPU that multiplies it", DEVICE, "->major >= 8", "->major >= 10"),
    ("a simulator that takes its device from its options", SIMULATOR, "device = state_.bodies.device();",
     "device = options.device;"),
    ("kernels launched on the default stream", OPERATORS, "getCurrentCUDAStream()", "getDefaultCUDAStream()"),
    ("networks left on the host", TRAINER, "config.network, seed ^ difference, device)",
     "config.network, seed ^ difference, at::kCPU)"),
    ("a generator of the host's", TRAINER, "defaultGenerator(device)", "defaultGenerator(at::kCPU)"),
    ("places of mates left on the host", TRAINER, "pairs_of_mates(config.rules, device)",
     "pairs_of_mates(config.rules, at::kCPU)"),
    ("the mask of matches to start anew left on the host", TRAINER,
     "at::TensorOptions(simulator.device()).dtype(at::kBool)", "at::kBool"),
    ("sums of an update's metrics left on the host", PPO,
     "sums = at::zeros({kernels::loss_metrics}, floats)",
     "sums = at::zeros({kernels::loss_metrics}, at::kFloat)"),

    # Waiting
    ("the learning rate read by the host", ADAM, "{state_.steps}, learning_rate,",
     "{state_.steps}, learning_rate.item<double>(),"),
    ("the host asks whether a gradient is bad", ADAM, "!bad.is_cpu() || bad.item<bool>()", "bad.item<bool>()"),
    ("bots left on the host", OPPONENTS, "untrained.flat.options().dtype(at::kInt)", "at::kInt"),
    ("goals chosen by a mask", ROLLOUT, "(trajectory_.score * trajectory_.terminated.unsqueeze(1)).sum()",
     "trajectory_.score.sum(1).masked_select(trajectory_.terminated).sum()"),
    ("metrics into memory that is not pinned", METRICS, ".pinned_memory(true)", ""),
    ("metrics copied while the host waits", METRICS, "/*non_blocking=*/true", "false"),
    ("metrics asked for at once", TRAINER, "reader_(device.is_cuda())", "reader_(false)"),

    # Recording
    ("never recorded", CAPTURED, "recorder_->warm = true;", ""),
    ("recorded the first time", CAPTURED, "bool warm = false;", "bool warm = true;"),
    ("recorded but never launched", CAPTURED, "recorder_->graph->replay();", ""),
    ("not launched when it is recorded", CAPTURED, "++recordings_;", "++recordings_;\n    return;"),
    ("recorded on the default stream", CAPTURED, "const c10::StreamGuard guard(stream);", ""),
    ("a generator that the recording does not know", CAPTURED, "graph->register_generator_state(generator);", ""),
    ("a recording left open by work that throws", CAPTURED, "give_up();\n        throw;", "throw;"),
    ("a recording kept whose work threw", CAPTURED, "had given up itself\n    }\n    graph.reset();",
     "had given up itself\n    }"),
    ("the recording kept when it should be forgotten", CAPTURED, "if (recorder_) recorder_->graph.reset();", ""),
    ("not recorded anew after a renewal of the pool", TRAINER, "++choice_of_opponents_;\n    work_.forget();",
     "++choice_of_opponents_;"),
    ("not recorded anew after a restored state", TRAINER, "from before the restore\n  work_.forget();",
     "from before the restore"),
    ("metrics from before a restored state", TRAINER, "  reader_.last();  //", "  //"),
    ("nothing recorded unless it is asked for", TRAINER, "return !network.forward && drawn",
     "return network.forward && drawn"),
    ("the shaping's weight in another tensor each time", TRAINER, "shaping_.fill_(schedule_.shaping);",
     "shaping_ = at::full_like(shaping_, schedule_.shaping);"),
    ("the learning rate in another tensor each time", TRAINER, "learning_rate_.fill_(schedule_.learning_rate);",
     "learning_rate_ = at::full_like(learning_rate_, schedule_.learning_rate);"),
    ("the shaping's weight recorded", TRAINER, "collect(networks(), shaping_, teacher_weight)",
     "collect(networks(), at::full_like(shaping_, schedule_.shaping), teacher_weight)"),
    ("PPO's learning rate recorded", TRAINER, "? ppo_update(learners_[k], samples, options, learning_rate_,",
     "? ppo_update(learners_[k], samples, options, at::full_like(learning_rate_, schedule_.learning_rate),"),
    ("the first iteration's metrics for ever on a GPU", TRAINER, "numbers_ = at::cat(numbers);",
     "if (!numbers_.is_cuda()) numbers_ = at::cat(numbers);"),

    # Metrics
    ("metrics of the same iteration, for which the host waits", METRICS, "return before;", "return last();"),
    ("metrics read before they have arrived", METRICS, "if (arrived_) arrived_->synchronize();", ""),
    ("metrics given twice", METRICS, "return std::exchange(pending_, std::nullopt);", "return pending_;"),
    ("metrics read a place off on a GPU", TRAINER, "auto* number = row.numbers.const_data_ptr<float>();",
     "auto* number = row.numbers.const_data_ptr<float>() + simulator_.device().is_cuda();"),
    ("results of former opponents counted", TRAINER,
     "if (row.opponents != choice_of_opponents_) results = at::zeros_like(results);", ""),

    # Rollout
    ("matches on a GPU not staggered", TRAINER, "if (config.train.rollout_steps == 0) return;",
     "if (config.train.rollout_steps == 0 || !device.is_cpu()) return;"),
    ("matches against the pool go on after a renewal", TRAINER, "simulator.reset(mask);", ""),
    ("a start of some matches that starts all", OPERATORS, "start_cuda(constants, arrays, mask, stream_);",
     "start_cuda(constants, arrays, nullptr, stream_);"),
    ("a GPU's matches in blocks of 64", ROLLOUT, "options_.in_one_block |= !simulator.device().is_cpu();", ""),
    ("the pool decides for A", ROLLOUT, "{matches + pool.first, pool.count}", "{pool.first, pool.count}"),
    ("the pool decides for matches before its own", ROLLOUT, "{matches + pool.first, pool.count}",
     "{matches + pool.first - 1, pool.count}"),
    ("the pool's members in another order", NETWORK, "all.push_back(parameters(network));\n  std::size_t k",
     "all.insert(all.begin(), parameters(network));\n  std::size_t k"),
    ("observations stored in float32", TRAJECTORY, "lowered = floats.dtype(options.precision);", "lowered = floats;"),
    ("no values of the last step on a GPU", ROLLOUT, "predict_values(options_.steps);",
     "if (block.observation.is_cpu()) predict_values(options_.steps);"),

    # Update
    ("a GPU's loss negated", LOSS, ROW_OF_LOSS, "options.weight = -options.weight;\n  " + ROW_OF_LOSS),
    ("PPO's ratio not clipped on a GPU", LOSS, ROW_OF_LOSS, "options.clip = 1e9F;\n  " + ROW_OF_LOSS),
    ("the entropy's sign on a GPU", LOSS, ROW_OF_LOSS, "options.entropy = -options.entropy;\n  " + ROW_OF_LOSS),
    ("REINFORCE's gain on a GPU, whatever is asked for", LOSS, ROW_OF_LOSS,
     "options.objective = PolicyObjective::reinforce;\n  " + ROW_OF_LOSS),
    ("half the critic's gradient", GRADIENT, "error * (2.0 * weight)", "error * weight"),
    ("sigma's part of the features' derivative left out", GRADIENT,
     "if (network.log_std_raw.weight.defined()) by_features.addmm_(d_log_std_raw, network.log_std_raw.weight);", ""),
    ("a residual block's derivative without that of what it is added to", GRADIENT, "by = by_branch + by;",
     "by = by_branch;"),
    ("weights' gradients rounded to bfloat16", GRADIENT, "at::mm(derivative.t(), input, at::kFloat)",
     "at::mm(derivative.t(), input)"),
    ("all rows through the networks at once", UPDATE, "Pieces{count, rows_of_piece_on_gpu}", "Pieces{count, count}"),
    ("gradients of the last piece alone", UPDATE, "viewed(network, gradients[on_cpu ? piece : 0]);",
     "viewed(network, gradients[on_cpu ? piece : 0].zero_());"),
    ("rows in their own order on a GPU", PPO, "at::randperm(own[0].size(), order, floats.dtype(at::kLong))",
     "order.device().is_cuda() ? at::arange(own[0].size(), floats.dtype(at::kLong))\n"
     "                                             : at::randperm(own[0].size(), order, floats.dtype(at::kLong))"),
    ("the first minibatch again and again on a GPU", PPO, "of_shard.slice(0, minibatches.first(k),",
     "of_shard.slice(0, minibatches.first(of_shard.is_cuda() ? 0 : k),"),
    ("no target_kl on a GPU", PPO, "if (options.target_kl > 0.0)",
     "if (options.target_kl > 0.0 && norms.is_cpu())"),
    ("bad gradients not skipped on a GPU", ADAM, "false, false, {}, idle);",
     "false, false, {}, bad.is_cpu() ? std::optional(idle) : std::nullopt);"),
    ("the culprit named without a crime", ADAM, "at::where(bad, gradient_.isfinite().to(at::kByte).argmin(), "
     "state_.culprit)", "at::where(bad.logical_not(), gradient_.isfinite().to(at::kByte).argmin(), state_.culprit)"),
    ("team B learns from A's decisions on a GPU", TRAINER, "static_cast<std::int64_t>(k) * sides, sides)",
     "simulator_.device().is_cuda() ? 0 : static_cast<std::int64_t>(k) * sides, sides)"),

    # Memory and resumed runs
    ("the update's share of memory left out", MEMORY, "return bytes_of_match(config, device) * "
     "static_cast<double>(config.train.matches) + bytes_of_update(config, device);",
     "return bytes_of_match(config, device) * static_cast<double>(config.train.matches);"),
    ("the order of samples begins anew in a resumed run", TRAINER,
     "if (same_kind) order.set_state(saved.order.narrow(0, shard * size, size).clone());",
     "if (same_kind) order.set_current_seed(static_cast<std::uint64_t>(config_.train.seed));"),
    ("matches of a file not brought to the device", TRAINER, "contiguous().to(simulator_.device());",
     "contiguous();"),
    ("a pool of a file not brought to the device", OPPONENTS, "state.weights[k].to(like.flat.device()).clone()",
     "state.weights[k].clone()"),
]
