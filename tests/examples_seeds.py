"""The programs of the PyTorch tutorials as drawings: what each of them trains, with the settings that it trains with.

By the name of the example's file: the drawing, as `draw` reads it, and the settings of the training.
"""

from __future__ import annotations

_SGD: dict[str, object] = {"optimizer": "SGD", "learning_rate": 1e-4, "steps": 500}

# Weights as tensors of their own, and the loss from operations.
_BY_HAND = """
main TwoLayerNet
  note {note}
  random RandomTensors
  w1 Parameter shape=1000,100
  w2 Parameter shape=100,10
  matmul1 MatMul
  relu {relu}
  matmul2 MatMul
  error Subtract
  square Power
  loss Loss reduction=sum
  random.x > matmul1 > relu > matmul2 > error > square > loss
  w1 > matmul1.other
  w2 > matmul2.other
  random.y > error.other
"""

_LAYERS = """
network Layers sequential
  input Input shape=1000
  linear1 Linear out_features=100
  relu ReLU
  linear2 Linear out_features=10
  output Output
  input > linear1 > relu > linear2 > output
main TwoLayerNet
  note {note}
  random RandomTensors
  layers Network of=Layers
  loss MSELoss reduction=sum
  random.x > layers > loss
  random.y > loss.target
"""

SEEDS: dict[str, tuple[str, dict[str, object]]] = {
    "two_layer_autograd": (
        _BY_HAND.format(
            relu="Clamp",
            note="**Two layers by hand**: the weights are tensors, the loss is drawn from operations. Autograd does "
            "the way back.",
        ),
        {**_SGD, "learning_rate": 1e-6},
    ),
    "two_layer_function": (
        _BY_HAND.format(
            relu="Python code=tests/examples/my_relu.py",
            note="**A gradient of your own**: relu is a Python block with a torch.autograd.Function. It runs once you "
            "say that you trust this project.",
        ),
        {**_SGD, "learning_rate": 1e-6},
    ),
    "two_layer_sequential": (
        _LAYERS.format(
            note="**nn.Sequential**: layers is a network of its own, written as a Sequential. Double-click it to see "
            "what is inside."
        ),
        _SGD,
    ),
    "two_layer_adam": (
        _LAYERS.format(note="**torch.optim**: the same layers, moved by Adam instead of plain gradient descent."),
        {**_SGD, "optimizer": "Adam"},
    ),
    "two_layer_net": (
        """
        main TwoLayerNet D_in=1000 H=100 D_out=10
          note **A module of your own**: D_in, H and D_out are arguments of the class. Both layers have the same H.
          random RandomTensors
          linear1 Linear in_features=$D_in out_features=$H
          clamp Clamp
          linear2 Linear in_features=$H out_features=$D_out
          loss MSELoss reduction=sum
          random.x > linear1 > clamp > linear2 > loss
          random.y > loss.target
        """,
        {**_SGD, "seed": 19},
    ),
    "dynamic_net": (
        """
        network Middle H=100!
          input Input shape=100
          linear Linear in_features=$H out_features=$H
          clamp Clamp
          output Output
          input > linear > clamp > output
        main DynamicNet D_in=1000 H=100 D_out=10
          note **A network that changes**: each step goes through middle 0 to 3 times, always with the same weights.
          random RandomTensors
          input_linear Linear in_features=$D_in out_features=$H
          clamp Clamp
          middle Repeat of=Middle H=$H repeats=0 most=3 weights=same
          output_linear Linear in_features=$H out_features=$D_out
          loss MSELoss reduction=sum
          random.x > input_linear > clamp > middle > output_linear > loss
          random.y > loss.target
        """,
        {**_SGD, "optimizer_params": {"momentum": 0.9}},
    ),
    "rnn": (
        """
        network RNN input_size=70! hidden_size=20! output_size=10!
          note **One step**: what it makes of data and the last hidden state. hidden is last_hidden in the next step.
          data Input shape=50
          last_hidden Input shape=20
          input Concat
          i2h Linear in_features=$input_size out_features=$hidden_size
          hidden Output state=last_hidden
          h2o Linear in_features=$hidden_size out_features=$output_size
          output Output
          data > input > i2h > hidden
          last_hidden > input.input2
          i2h > h2o > output
        main Net
          note **A recurrent network**: rnn runs five steps, and the losses of all five are added up.
          random RandomTensors samples=10 input_shape=50
          rnn Recurrent of=RNN input_size=70 hidden_size=20 output_size=10 over=steps steps=5 gives=each
          target ZerosLike
          loss MSELoss
          random.x > rnn > loss
          random.y > target > loss.target
        """,
        {"optimizer": "SGD", "learning_rate": 0.01, "batch_size": 10, "steps": 200},
    ),
    "gradients": (
        """
        main Net
          note **The smallest network**: one weight, one bias. Good for looking at gradients.
          random RandomTensors input_shape=1 target_shape=1
          fc Linear out_features=1
          loss MSELoss
          random.x > fc > loss
          random.y > loss.target
        """,
        {"optimizer": "SGD", "learning_rate": 0.01, "steps": 100},
    ),
}
