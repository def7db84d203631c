"""The examples that show data: small networks on tables and on a problem that is known from text books.

By the name of the example's file: the drawing, as `draw` reads it, and the settings of the training.
"""

from __future__ import annotations

DATA: dict[str, tuple[str, dict[str, object]]] = {
    "spirals": (
        """
        main SpiralNet
          note **Three arms that wind around each other.** No straight line parts them: take a ReLU out with M and see
          spirals Spirals
          fc1 Linear out_features=64
          relu1 ReLU
          fc2 Linear out_features=64
          relu2 ReLU
          fc3 Linear out_features=3
          loss CrossEntropyLoss
          accuracy Accuracy
          spirals.point > fc1 > relu1 > fc2 > relu2 > fc3 > loss
          fc3 > accuracy
          spirals.label > loss.target
          spirals.label > accuracy.target
        """,
        {"learning_rate": 0.01, "epochs": 40},
    ),
    "iris": (
        """
        main IrisNet
          note **150 flowers, three kinds**, told apart by four lengths. As large a part of each kind is kept aside.
          iris SklearnTable
          fc1 Linear out_features=16
          relu ReLU
          fc2 Linear out_features=3
          loss CrossEntropyLoss
          accuracy Accuracy
          iris.features > fc1 > relu > fc2 > loss
          fc2 > accuracy
          iris.target > loss.target
          iris.target > accuracy.target
        """,
        {"learning_rate": 0.01, "batch_size": 16, "epochs": 40},
    ),
    "diabetes": (
        """
        main DiabetesNet
          note **A number is asked for**: how the illness goes on in a year. It is scaled, so a loss of 1 is no better \
than the mean.
          diabetes SklearnTable dataset=diabetes
          fc1 Linear out_features=32
          relu ReLU
          dropout Dropout p=0.2
          fc2 Linear out_features=1
          loss MSELoss
          diabetes.features > fc1 > relu > dropout > fc2 > loss
          diabetes.target > loss.target
        """,
        {"optimizer": "AdamW", "optimizer_params": {"weight_decay": 0.1}, "batch_size": 32, "epochs": 40},
    ),
}
